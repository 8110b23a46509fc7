/// Keeps the likeliest texts beside each other: openai/whisper's `BeamSearchDecoder` with patience (arXiv 2204.05424).
struct BeamSearch: TokenSearch {
    private var beams = [FoundText(tokens: [], logProbabilities: [], sum: 0)]
    private var finished: [FoundText] = []
    private let beamSize: Int
    /// Finished texts that end the search.
    private let enough: Int
    private let endOfText: Int
    private let maximumTokenCount: Int
    private let ranking: LikelihoodRanking

    /// However patient a search is, so many finished texts are enough.
    private static let mostFinished = 10_000.0

    private struct Extension {
        let text: FoundText
        let token: Int
        let source: Int
    }

    /// - Parameters:
    ///   - beamSize: Texts kept beside each other, at least 1.
    ///   - patience: The search ends when this many times the beam has finished.
    ///   - endOfText: The token that ends a text.
    ///   - maximumTokenCount: Texts are cut at this length.
    ///   - ranking: Decides between the finished texts.
    init(beamSize: Int, patience: Double, endOfText: Int, maximumTokenCount: Int, ranking: LikelihoodRanking) {
        self.beamSize = max(1, beamSize)
        let finishing = (Double(max(1, beamSize)) * patience).rounded(.toNearestOrEven)
        enough = Int(max(1, min(finishing, Self.mostFinished)))
        self.endOfText = endOfText
        self.maximumTokenCount = maximumTokenCount
        self.ranking = ranking
    }

    mutating func advance(_ logits: (_ row: Int, _ tokens: [Int]) -> LogitRow) -> SearchStep {
        var extensions: [Extension] = []
        for (row, beam) in beams.enumerated() {
            let values = logits(row, beam.tokens)
            let total = values.logSumExp()
            for token in values.top(beamSize + 1) {
                let logProbability = values.values[token] - total
                var text = beam
                text.logProbabilities.append(logProbability)
                text.sum += logProbability
                if token != endOfText { text.tokens.append(token) }
                extensions.append(Extension(text: text, token: token, source: row))
            }
        }
        return keep(
            extensions.enumerated().sorted {
                ($0.element.text.sum, -$0.offset) > ($1.element.text.sum, -$1.offset)
            }.map(\.element))
    }

    func best() -> FoundText {
        var candidates = finished
        // Too few texts came to an end: the likeliest of the others stand in for them.
        for beam in beams.sorted(by: { $0.sum > $1.sum }) where candidates.count < beamSize { candidates.append(beam) }
        return ranking.best(of: candidates) ?? FoundText(tokens: [], logProbabilities: [], sum: 0)
    }

    /// Finishes the texts that end before the beam is full, and goes on with the others.
    private mutating func keep(_ extensions: [Extension]) -> SearchStep {
        var step = SearchStep(tokens: [], sources: [])
        var kept: [FoundText] = []
        for next in extensions {
            if next.token == endOfText {
                if finished.count < enough { finished.append(next.text) }
                continue
            }
            kept.append(next.text)
            step.tokens.append(next.token)
            step.sources.append(next.source)
            if kept.count == beamSize { break }
        }
        beams = kept
        let isAtLimit = (kept.first?.tokens.count ?? maximumTokenCount) >= maximumTokenCount
        return finished.count >= enough || isAtLimit ? SearchStep(tokens: [], sources: []) : step
    }
}
