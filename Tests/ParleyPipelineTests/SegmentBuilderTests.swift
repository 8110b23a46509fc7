import ParleyCore
import Testing

@testable import ParleyPipeline

@Suite struct SegmentBuilderTests {
    private func word(_ text: String, _ start: Double, _ end: Double, _ speaker: String? = nil) -> Word {
        Word(text: text, span: TimeSpan(startSeconds: start, endSeconds: end), probability: 0.5, speaker: speaker)
    }

    private func build(_ words: [Word]) -> [Segment] {
        var builder = SegmentBuilder()
        let hypothesis = WindowHypothesis(
            words: words, language: "en", compressionRatio: 1.5, noSpeechProbability: 0.1)
        return builder.segments(of: words, hypothesis: hypothesis)
    }

    @Test func nothingFromNothing() { #expect(build([]).isEmpty) }

    @Test func dividesAtPauses() {
        let segments = build([word("a", 0, 0.4), word("b", 0.5, 0.9), word("c", 1.6, 2)])
        #expect(segments.map(\.text) == ["a b", "c"])
        #expect(segments.map(\.id) == [0, 1])
        #expect(segments[0].span == TimeSpan(startSeconds: 0, endSeconds: 0.9))
        #expect(abs(segments[0].averageLogProbability + 0.6931) < 1e-3)
    }

    @Test func givesEverySegmentItsOwnTokens() {
        var words = [word("a", 0, 0.4), word("b", 1.6, 2)]
        words[0].tokens = [Token(id: 1, bytes: [97], logProbability: -0.25)]
        words[1].tokens = [
            Token(id: 2, bytes: [32], logProbability: -1), Token(id: 3, bytes: [98], logProbability: -2),
        ]
        let segments = build(words)
        #expect(segments.map(\.tokens) == [[1], [2, 3]])
    }

    @Test func writesNoBlankWhereTheLanguageHasNone() {
        var words = [word("\u{4f60}", 0, 0.2), word("\u{597d}", 0.2, 0.4)]
        words[1].joinsPrevious = true
        #expect(build(words).map(\.text) == ["\u{4f60}\u{597d}"])
    }

    @Test func dividesWhereTheSpeakerChanges() {
        let segments = build([word("a", 0, 0.4, "A"), word("b", 0.4, 0.9, "B"), word("c", 0.9, 1.2, "B")])
        #expect(segments.map(\.speaker) == ["A", "B"])
        #expect(segments.map(\.text) == ["a", "b c"])
    }

    @Test func endsLongSegmentsAtASmallPause() {
        let words = (0..<40).map { word("w\($0)", Double($0), Double($0) + 0.8) }
        let segments = build(words)
        #expect(segments.count == 4)
        #expect(segments.flatMap(\.words) == words)
    }
}
