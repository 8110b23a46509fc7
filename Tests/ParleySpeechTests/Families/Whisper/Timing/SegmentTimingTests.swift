import Testing

@testable import ParleySpeech

/// Against openai/whisper 20250625's `add_word_timestamps`, fed with the same aligned words.
@Suite struct SegmentTimingTests {
    private typealias Timed = (String, Double, Double)
    private struct Case {
        let words: [Timed]
        let segments: [(start: Double, end: Double, tokenCount: Int)]
        let expected: [(start: Double, end: Double, words: [Timed])]
    }

    private static func expect(_ entry: Case) {
        let words = entry.words.enumerated().map { index, word in
            TimedWord(
                text: word.0, tokens: [TextToken(id: index, logProbability: 0)], startSeconds: word.1,
                endSeconds: word.2, probability: 0.9)
        }
        let segments = entry.segments.map { start, end, count in
            TextSegment(
                startSeconds: start, endSeconds: end,
                tokens: [TextToken](repeating: TextToken(id: 0, logProbability: 0), count: count))
        }
        let found = SegmentTiming.distribute(words, over: segments)
        #expect(found.count == entry.expected.count)
        for (timed, expected) in zip(found, entry.expected) {
            #expect(timed.words.map(\.text) == expected.words.map(\.0))
            let times =
                timed.words.flatMap { [$0.startSeconds, $0.endSeconds] }
                + [timed.segment.startSeconds, timed.segment.endSeconds]
            let others = expected.words.flatMap { [$0.1, $0.2] } + [expected.start, expected.end]
            // openai/whisper rounds to hundredths on the way.
            for (time, other) in zip(times, others) { #expect(abs(time - other) < 0.0101, "\(expected.words)") }
        }
    }

    @Test func bordersAreThoseOfTheWords() {
        Self.expect(
            Case(
                words: [(" one", 0.2, 0.5), (" two", 0.5, 0.9), (".", 0.9, 1), (" three", 1.2, 1.6)],
                segments: [(0, 1, 3), (1, 2, 1)],
                expected: [
                    (0.2, 0.9, [(" one", 0.2, 0.5), (" two.", 0.5, 0.9)]), (1.2, 1.6, [(" three", 1.2, 1.6)]),
                ]))
    }

    @Test func longWordsAtTheEndOfASentenceAreCut() {
        Self.expect(
            Case(
                words: [(" a", 0, 0.2), (" b", 0.2, 0.4), (" c", 0.4, 0.6), (".", 0.6, 4), (" d", 4, 4.2)],
                segments: [(0, 5, 5)],
                expected: [(0, 4.2, [(" a", 0, 0.2), (" b", 0.2, 0.4), (" c.", 0.4, 0.6), (" d", 4, 4.2)])]))
        Self.expect(
            Case(
                words: [(" a", 0, 0.2), (" b", 0.2, 0.4), (".", 0.4, 0.6), (" c", 0.6, 4), (" d", 4, 4.2)],
                segments: [(0, 5, 5)],
                expected: [(0, 4.2, [(" a", 0, 0.2), (" b.", 0.2, 0.4), (" c", 3.6, 4), (" d", 4, 4.2)])]))
    }

    @Test func firstWordsAfterAPauseAreCut() {
        Self.expect(
            Case(
                words: [(" a", 0, 5), (" b", 5, 5.2), (" c", 5.2, 5.5), (" d", 5.5, 5.7)], segments: [(0, 6, 4)],
                expected: [(4.5, 5.7, [(" a", 4.5, 5), (" b", 5, 5.2), (" c", 5.2, 5.5), (" d", 5.5, 5.7)])]))
        Self.expect(
            Case(
                words: [
                    (" a", 0, 4), (" b", 4, 9), (" c", 9, 9.3), (" d", 9.3, 9.5), (" e", 9.5, 9.8), (" f", 9.8, 10),
                ],
                segments: [(0, 12, 6)],
                expected: [
                    (
                        7.8, 10,
                        [
                            (" a", 7.8, 8.4), (" b", 8.4, 9), (" c", 9, 9.3), (" d", 9.3, 9.5), (" e", 9.5, 9.8),
                            (" f", 9.8, 10),
                        ]
                    )
                ]))
    }

    @Test func theMarksOfTheSegmentWinOverWordsThatReachFarBeyond() {
        Self.expect(
            Case(
                words: [(" a", 1, 3), (" b", 3, 4.2), (" c", 4.2, 5)], segments: [(2, 6, 3)],
                expected: [(1.6, 5, [(" a", 1.6, 3), (" b", 3, 4.2), (" c", 4.2, 5)])]))
        Self.expect(
            Case(
                words: [(" a", 0, 1), (" b", 1, 1.8), (" c", 1.8, 4)], segments: [(0, 2.5, 3)],
                expected: [(0, 2.5, [(" a", 0, 1), (" b", 1, 1.8), (" c", 1.8, 2.5)])]))
    }

    @Test func theMedianIsBounded() {
        Self.expect(
            Case(
                words: [(" a", 0, 2), (" b", 2, 4), (".", 4, 8), (" c", 8, 10)], segments: [(0, 10, 4)],
                expected: [(0, 10, [(" a", 0, 2), (" b.", 2, 4), (" c", 8.6, 10)])]))
    }

    @Test func wordsWithoutLengthStay() {
        Self.expect(
            Case(
                words: [(" a", 1, 1), (" b", 1, 1)], segments: [(0, 3, 2)],
                expected: [(1, 1, [(" a", 1, 1), (" b", 1, 1)])]))
    }

    @Test func pausesBetweenSegmentsCount() {
        Self.expect(
            Case(
                words: [(" a", 0, 0.3), (" b", 0.3, 0.6), (" c", 2.6, 4.6), (" d", 4.6, 4.9), (" e", 9, 9.2)],
                segments: [(0, 1, 2), (2, 5, 2), (5, 10, 1)],
                expected: [
                    (0, 0.6, [(" a", 0, 0.3), (" b", 0.3, 0.6)]), (4, 4.9, [(" c", 4, 4.6), (" d", 4.6, 4.9)]),
                    (9, 9.2, [(" e", 9, 9.2)]),
                ]))
    }

    @Test func segmentsWithoutWordsKeepTheirMarks() {
        Self.expect(Case(words: [], segments: [(1, 2, 0), (2, 3, 4)], expected: [(1, 2, []), (2, 3, [])]))
    }
}
