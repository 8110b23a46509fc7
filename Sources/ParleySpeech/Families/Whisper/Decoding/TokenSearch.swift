import Foundation

/// What a search wants the network to compute next.
struct SearchStep: Sendable {
    /// The next token of each row.
    var tokens: [Int]
    /// The row of the last step that each row goes on from.
    var sources: [Int]
}

/// A text that a search has found.
struct FoundText: Sendable, Hashable {
    /// Text and timestamps, without prompt and end.
    var tokens: [Int]
    /// Log-probability of each token, and of the end where it was reached.
    var logProbabilities: [Float]
    /// Their sum.
    var sum: Float

    /// Mean over the tokens and the end, as openai/whisper counts it.
    var averageLogProbability: Double { Double(sum) / Double(tokens.count + 1) }
}

/// The search for the text of one window, a token at a time.
///
/// A search has a number of rows in the network's batch: one before the first step, then as many as the last step says.
protocol TokenSearch: Sendable {
    /// Takes the logits after the last step's tokens, of all of its rows.
    /// - Parameter logits: Lends the logits of a row; the rules have been carried out.
    /// - Returns: What to compute next; nothing when the search has ended.
    mutating func advance(_ logits: (_ row: Int, _ tokens: [Int]) -> LogitRow) -> SearchStep

    /// The best text so far.
    func best() -> FoundText
}

/// Keeps texts in order of their likelihood: openai/whisper's `MaximumLikelihoodRanker`.
struct LikelihoodRanking: Sendable, Hashable {
    /// Exponent of the length normalisation of Google NMT (arXiv 1609.08144, equation 14); nil divides by the length.
    var lengthPenalty: Double?

    /// The likeliest text; the first of equals.
    func best(of texts: [FoundText]) -> FoundText? {
        texts.enumerated().max { one, other in
            (score(one.element), -one.offset) < (score(other.element), -other.offset)
        }?.element
    }

    private func score(_ text: FoundText) -> Double {
        let length = Double(max(1, text.tokens.count))
        guard let lengthPenalty else { return Double(text.sum) / length }
        return Double(text.sum) / pow((5 + length) / 6, lengthPenalty)
    }
}
