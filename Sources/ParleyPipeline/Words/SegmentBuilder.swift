import Foundation
import ParleyCore

/// Divides the words of a window into segments: where the recogniser or the speaker does; for recognisers that do not,
/// at pauses and before they grow too long.
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
        let hasMarks = words.contains(where: \.beginsSegment)
        var groups: [[Word]] = []
        for word in words {
            if let group = groups.last, let first = group.first, let last = group.last,
                !Self.breaks(first, last, word, hasMarks: hasMarks)
            {
                groups[groups.count - 1].append(word)
            } else {
                groups.append([word])
            }
        }
        return groups.compactMap { words in
            guard let first = words.first, let last = words.last else { return nil }
            defer { nextID += 1 }
            let average = hypothesis.averageLogProbability ?? Self.meanLogarithm(words)
            return Segment(
                id: nextID, span: TimeSpan(startSeconds: first.span.startSeconds, endSeconds: last.span.endSeconds),
                text: words.runningText, words: words, tokens: words.flatMap { $0.tokens.map(\.id) },
                temperature: hypothesis.temperature,
                averageLogProbability: average,
                compressionRatio: hypothesis.compressionRatio, noSpeechProbability: hypothesis.noSpeechProbability,
                speaker: first.speaker)
        }
    }

    private static func meanLogarithm(_ words: [Word]) -> Double {
        words.reduce(0) { $0 + log(max(floor, $1.probability)) } / Double(max(1, words.count))
    }

    private static func breaks(_ first: Word, _ last: Word, _ next: Word, hasMarks: Bool) -> Bool {
        if hasMarks { return next.beginsSegment || next.speaker != last.speaker }
        let pause = next.span.startSeconds - last.span.endSeconds
        let length = last.span.endSeconds - first.span.startSeconds
        return next.speaker != last.speaker || pause >= pauseSeconds
            || (length >= longSeconds && pause >= smallPauseSeconds)
    }
}
