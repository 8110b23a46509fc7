import ParleyCore
/// Draws one or several texts beside each other: the likeliest token at temperature 0, a random one above it.
///
/// openai/whisper's `GreedyDecoder`; log-probabilities are those at temperature 1.
struct SamplingSearch: TokenSearch {
    private var candidates: [Candidate]
    /// Indices of the candidates that go on, in the order of their rows.
    private var live: [Int] = []
    private var hasBegun = false
    private let temperature: Float
    private let endOfText: Int
    private let maximumTokenCount: Int
    private let ranking: LikelihoodRanking

    private struct Candidate: Sendable {
        var text = FoundText(tokens: [], logProbabilities: [], sum: 0)
        var generator: SplitMix64
    }

    /// - Parameters:
    ///   - temperature: 0...1.
    ///   - candidateCount: Texts to be drawn; one at temperature 0.
    ///   - endOfText: The token that ends a text.
    ///   - maximumTokenCount: Texts are cut at this length.
    ///   - ranking: Decides between the candidates.
    ///   - seed: Makes the draws repeatable, whatever else is in the batch.
    init(
        temperature: Double, candidateCount: Int, endOfText: Int, maximumTokenCount: Int, ranking: LikelihoodRanking,
        seed: UInt64
    ) {
        self.temperature = Float(temperature)
        self.endOfText = endOfText
        self.maximumTokenCount = maximumTokenCount
        self.ranking = ranking
        let count = temperature > 0 ? max(1, candidateCount) : 1
        candidates = (0..<count).map { Candidate(generator: SplitMix64(seed: seed &+ UInt64($0) &* 0x9e37_79b9)) }
    }

    mutating func advance(_ logits: (_ row: Int, _ tokens: [Int]) -> LogitRow) -> SearchStep {
        // Before the first step one row stands for all candidates.
        let rows = hasBegun ? live.enumerated().map { ($0.offset, $0.element) } : candidates.indices.map { (0, $0) }
        hasBegun = true
        live = []
        var step = SearchStep(tokens: [], sources: [])
        var shared: LogitRow?
        for (row, index) in rows {
            let isShared = rows.count > 1 && rows[0].0 == rows[1].0
            let values = (isShared ? shared : nil) ?? logits(row, candidates[index].text.tokens)
            if isShared { shared = values }
            guard let token = take(from: values, for: index) else { continue }
            live.append(index)
            step.tokens.append(token)
            step.sources.append(row)
        }
        return step
    }

    func best() -> FoundText {
        ranking.best(of: candidates.map(\.text)) ?? FoundText(tokens: [], logProbabilities: [], sum: 0)
    }

    /// Adds a token to a candidate; nil when that ends it.
    private mutating func take(from row: LogitRow, for index: Int) -> Int? {
        let token =
            temperature > 0
            ? row.sample(temperature: temperature, uniform: candidates[index].generator.uniform()) : row.argmax()
        let logProbability = row.values[token] - row.logSumExp()
        candidates[index].text.logProbabilities.append(logProbability)
        candidates[index].text.sum += logProbability
        guard token != endOfText else { return nil }
        candidates[index].text.tokens.append(token)
        return candidates[index].text.tokens.count < maximumTokenCount ? token : nil
    }
}
