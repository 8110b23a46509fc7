import Testing

@testable import ParleySpeech

/// Against the rules of openai/whisper's `transcribe` (`word_anomaly_score`, `is_segment_anomaly`), worked out by hand.
@Suite struct HallucinationFilterTests {
    private static func segment(
        _ start: Double, _ end: Double, _ words: [(text: String, seconds: Double, probability: Double)]
    ) -> TimedSegment {
        var time = start
        let timed = words.map { word in
            defer { time += word.seconds }
            return TimedWord(
                text: word.text, tokens: [], startSeconds: time, endSeconds: time + word.seconds,
                probability: word.probability)
        }
        return TimedSegment(
            segment: TextSegment(startSeconds: start, endSeconds: end, tokens: []), words: timed)
    }

    /// Words of half a second.
    private static func words(_ start: Double, _ end: Double, probability: Double) -> TimedSegment {
        let count = Int((end - start) * 2)
        return segment(
            start, end,
            [(text: String, seconds: Double, probability: Double)](
                repeating: (" word", 0.5, probability), count: count))
    }

    private static func sound(_ start: Double, _ end: Double) -> TimedSegment { words(start, end, probability: 0.9) }

    private static func doubtful(_ start: Double, _ end: Double) -> TimedSegment { words(start, end, probability: 0.1) }

    private static func kept(_ segments: [TimedSegment], silence: Double = 1, window: Double = 30) -> [Double] {
        HallucinationFilter(silenceSeconds: silence, windowSeconds: window).believable(segments).map {
            $0.segment.startSeconds
        }
    }

    @Test func wordsAreAnomalousByProbabilityAndLength() {
        func isAnomalous(_ words: [(String, Double, Double)]) -> Bool {
            HallucinationFilter.isAnomalous(Self.segment(0, 9, words))
        }
        #expect(!isAnomalous([(" a", 0.5, 0.9)]))
        #expect(isAnomalous([(" a", 0.5, 0.14)]))
        #expect(!isAnomalous([(" a", 0.5, 0.15)]))
        #expect(!isAnomalous([(" a", 0.5, 0.1), (" b", 0.5, 0.9)]))
        // Three points are enough, however many words there are.
        #expect(
            isAnomalous([(" a", 0.5, 0.1), (" b", 0.5, 0.1), (" c", 0.5, 0.1), (" d", 0.5, 0.9), (" e", 0.5, 0.9)]))
        // (0.133 - 0.066) · 15 = 1.005; (0.133 - 0.068) · 15 = 0.975, and 0.01 is not enough.
        #expect(isAnomalous([(" a", 0.066, 0.9)]))
        #expect(!isAnomalous([(" a", 0.068, 0.9)]))
        // 3.1 s are 1.1 too long, 2.9 s are 0.9.
        #expect(isAnomalous([(" a", 3.1, 0.9)]))
        #expect(!isAnomalous([(" a", 2.9, 0.9)]))
        // Eight words count.
        let good = [(String, Double, Double)](repeating: (" a", 0.5, 0.9), count: 8)
        #expect(!isAnomalous(good + [(" b", 0.5, 0.1), (" b", 0.5, 0.1), (" b", 0.5, 0.1), (" b", 0.5, 0.1)]))
        // Marks do not count; by themselves they are anomalous.
        #expect(isAnomalous([(" a", 0.5, 0.1), (".", 0.5, 0.9)]))
        #expect(isAnomalous([("?", 0.5, 0.9)]))
        // A dash is no mark that is merged, so it counts as a word.
        #expect(!isAnomalous([(" a", 0.5, 0.1), (" \u{2013}", 0.5, 0.9)]))
    }

    @Test func doubtfulTextBetweenPausesGoes() {
        #expect(Self.kept([Self.sound(0, 5), Self.doubtful(10, 12), Self.sound(16, 20)]) == [0, 16])
        // Without a pause before or behind it stays.
        #expect(Self.kept([Self.sound(0, 5), Self.doubtful(5.5, 12), Self.sound(16, 20)]) == [0, 5.5, 16])
        #expect(Self.kept([Self.sound(0, 5), Self.doubtful(10, 12), Self.sound(12.5, 20)]) == [0, 10, 12.5])
        // A longer pause is asked for.
        #expect(Self.kept([Self.sound(0, 5), Self.doubtful(10, 12), Self.sound(16, 20)], silence: 6) == [0, 10, 16])
    }

    @Test func soundTextStays() {
        #expect(Self.kept([Self.sound(0, 5), Self.sound(10, 12), Self.sound(16, 20)]) == [0, 10, 16])
    }

    @Test func theBordersOfTheWindowAreLikePauses() {
        #expect(Self.kept([Self.doubtful(1.5, 4), Self.sound(8, 20)]) == [8])
        #expect(Self.kept([Self.sound(0, 5), Self.doubtful(10, 28.5)]) == [0])
        #expect(Self.kept([Self.sound(0, 5), Self.doubtful(5.5, 28.5)]) == [0, 5.5])
    }

    @Test func doubtfulTextBehindCountsAsAPause() {
        #expect(
            Self.kept([Self.sound(0, 5), Self.doubtful(10, 12), Self.doubtful(12, 14), Self.sound(18, 20)]) == [0, 18])
    }

    @Test func emptySegmentsGo() {
        #expect(Self.kept([Self.segment(3, 4, []), Self.sound(5, 6)]) == [5])
        #expect(Self.kept([]) == [])
    }
}
