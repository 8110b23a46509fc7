import Foundation

/// A word with its place in the window.
struct TimedWord: Sendable, Hashable {
    /// With its leading blank, as the tokens have it.
    var text: String
    var tokens: [TextToken]
    /// Seconds from the window's start.
    var startSeconds: Double
    var endSeconds: Double
    /// 0...1.
    var probability: Double

    var durationSeconds: Double { endSeconds - startSeconds }
}

/// A segment with its words.
struct TimedSegment: Sendable, Hashable {
    var segment: TextSegment
    var words: [TimedWord]
}

extension TextSegment {
    /// The words with their times estimated: the segment's time shared out by the words' length.
    ///
    /// For networks that do not give their attention away.
    func estimatedWords(_ tokenizer: WhisperTokenizer, language: String) -> [TimedWord] {
        let groups = tokenizer.words(of: tokens.map(\.id), language: language)
        let lengths = groups.map { Double(max(1, $0.text.count)) }
        let total = max(1, lengths.reduce(0, +))
        var (position, done) = (0, 0.0)
        let words = zip(groups, lengths).map { group, length in
            let own = Array(tokens[position..<min(tokens.count, position + group.tokens.count)])
            position += own.count
            let start = startSeconds + (endSeconds - startSeconds) * done / total
            done += length
            let end = startSeconds + (endSeconds - startSeconds) * done / total
            return TimedWord(
                text: group.text, tokens: own, startSeconds: start, endSeconds: end, probability: own.meanProbability)
        }
        return PunctuationMerging.merged(words)
    }
}

extension [TextToken] {
    /// Mean of the tokens' probabilities; 0 for none.
    var meanProbability: Double {
        isEmpty ? 0 : reduce(0) { $0 + exp(Double($1.logProbability)) } / Double(count)
    }
}
