import ParleyCore
import Testing

@testable import ParleyAPI

@Suite struct SubtitleTests {
    @Test func subRipHasNumbersCommasAndLabels() {
        #expect(
            TranscriptFormat.srt.render(Samples.dialogue)
                == "1\n00:00:00,500 --> 00:00:01,500\nA: hello there\n\n2\n00:00:02,000 --> 00:00:03,100\nB: good day\n\n"
        )
    }

    @Test func webVTTHasItsHeaderHoursDotsAndVoices() {
        #expect(
            TranscriptFormat.vtt.render(Samples.dialogue)
                == "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\n<v A>hello there\n\n"
                + "00:00:02.000 --> 00:00:03.100\n<v B>good day\n\n")
    }

    @Test func webVTTEscapesMarkupAndArrows() {
        let segment = Samples.segment(
            0, [Samples.word("<b>", 0, 1), Samples.word("R&D", 1, 2), Samples.word("-->", 2, 3)], speaker: "O>K & co")
        let transcript = Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 3, segments: [segment])
        let text = TranscriptFormat.vtt.render(transcript)
        #expect(text.contains("<v O&gt;K &amp; co>&lt;b&gt; R&amp;D --&gt;\n"))
        #expect(TranscriptFormat.srt.render(transcript).contains("O>K & co: <b> R&D ->\n"))
    }

    @Test func lineBreaksInsideWordsDoNotEndACue() {
        let segment = Samples.segment(0, [Samples.word("a\n\nb", 0, 1)])
        let transcript = Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 3, segments: [segment])
        #expect(TranscriptFormat.vtt.render(transcript) == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na b\n\n")
    }

    @Test func timesBeyondAnHourAndADay() {
        #expect(Milliseconds(3_661.5).clock(mark: ".") == "01:01:01.500")
        #expect(Milliseconds(360_000).clock(mark: ",") == "100:00:00,000")
        #expect(Milliseconds(.nan).value == 0 && Milliseconds(-1).value == 0)
    }

    /// Long segments, long words, several speakers at once: every cue keeps to the limits.
    @Test(arguments: [0, 6, 20]) func cuesKeepToTheirLimits(labelWidth: Int) {
        let texts = ["supercalifragilisticexpialidocious-and-then-some-more", "a", "short", "considerably", "words"]
        let segments = (0..<4).map { index in
            let start = Double(index) * 3.3
            let words = (0..<60).map { number in
                Samples.word(
                    texts[(number * 7 + index) % texts.count], start + Double(number) * 0.45,
                    start + Double(number) * 0.45 + 0.4)
            }
            return Samples.segment(index, words, speaker: "S\(index)")
        }
        let transcript = Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 60, segments: segments)
        let cues = SubtitleCues(labelWidth: { _ in labelWidth }).cues(transcript)
        #expect(cues.count > 20)
        for cue in cues {
            #expect(cue.lines.count <= 2 && cue.start < cue.end)
            #expect(cue.end.value - cue.start.value <= 7_000)
            for (index, line) in cue.lines.enumerated() where line.contains(" ") {
                #expect(line.count + (index == 0 ? labelWidth : 0) <= 42)
            }
        }
        for (previous, next) in zip(cues, cues.dropFirst()) { #expect(previous.end <= next.start) }
        let words = cues.flatMap { $0.lines.flatMap { $0.split(separator: " ") } }
        #expect(words.count == 240)
    }

    @Test func aSegmentWithoutWordTimesIsSpread() {
        var segment = Samples.segment(0, [Samples.word("x", 0, 20)])
        segment.words = []
        segment.text = Array(repeating: "word", count: 20).joined(separator: " ")
        let transcript = Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 20, segments: [segment])
        let cues = SubtitleCues().cues(transcript)
        #expect(cues.count == 3)
        #expect(cues.first?.start.value == 0 && cues.last?.end.value == 20_000)
    }
}
