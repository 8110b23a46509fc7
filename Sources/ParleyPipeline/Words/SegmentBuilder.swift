import Foundation
import ParleyCore

/// Divides the words of a window into segments: at pauses, where the speaker changes, and before they grow too long.
struct SegmentBuilder: Sendable {
    /// A pause from which a new segment begins, in seconds.
    private static let pauseSeconds = 0.6
    /// A segment this long, in seconds, ends at the next small pause.
    private static let longSeconds = 10.0
    private static let smallPauseSeconds = 0.15
    /// Smallest probability that enters a logarithm.
    private static let floor = 1e-6

    private var nextID = 0

    /// The segments of one window, numbered on from the ones before.
    /// - Parameters:
    ///   - words: The hypothesis' words, with speakers where they are known.
    ///   - hypothesis: Where the figures of the window come from.
    mutating func segments(of words: [Word], hypothesis: WindowHypothesis) -> [Segment] {
        var groups: [[Word]] = []
        for word in words {
            if let group = groups.last, let first = group.first, let last = group.last, !Self.breaks(first, last, word)
            {
                groups[groups.count - 1].append(word)
            } else {
                groups.append([word])
            }
        }
        return groups.compactMap { words in
            guard let first = words.first, let last = words.last else { return nil }
            defer { nextID += 1 }
            let logarithms = Self.logarithms(words)
            return Segment(
                id: nextID, span: TimeSpan(startSeconds: first.span.startSeconds, endSeconds: last.span.endSeconds),
                text: words.runningText, words: words, tokens: words.flatMap { $0.tokens.map(\.id) },
                temperature: hypothesis.temperature,
                averageLogProbability: logarithms.reduce(0, +) / Double(max(1, logarithms.count)),
                compressionRatio: hypothesis.compressionRatio, noSpeechProbability: hypothesis.noSpeechProbability,
                speaker: first.speaker)
        }
    }

    /// Log-probabilities of the tokens; of the words where there are no tokens.
    private static func logarithms(_ words: [Word]) -> [Double] {
        let tokens = words.flatMap(\.tokens)
        guard tokens.isEmpty else { return tokens.map(\.logProbability) }
        return words.map { log(max(floor, $0.probability)) }
    }

    private static func breaks(_ first: Word, _ last: Word, _ next: Word) -> Bool {
        let pause = next.span.startSeconds - last.span.endSeconds
        let length = last.span.endSeconds - first.span.startSeconds
        return next.speaker != last.speaker || pause >= pauseSeconds
            || (length >= longSeconds && pause >= smallPauseSeconds)
    }
}
