import ParleyAPI
import ParleyCore
import Testing

@testable import parley

@Suite struct TranscriptTextTests {
    @Test func prettyShowsTimesAndSpeakers() {
        #expect(
            PrettyTranscript(width: nil).text(Fixtures.dialogue) == """
                [00:00.5 - 00:02.0] A: good morning
                [00:12.3 - 00:15.9] B: hello there

                """)
    }

    @Test func prettyWrapsUnderTheText() {
        var transcript = Fixtures.dialogue
        transcript.segments = [Fixtures.segment(0, 0, 1, "one two three four five six", speaker: "A")]
        #expect(
            PrettyTranscript(width: 45).text(transcript) == """
                [00:00.0 - 00:01.0] A: one two three four
                                       five six

                """)
    }

    @Test func prettyKeepsHoursAndSilence() {
        var transcript = Fixtures.dialogue
        transcript.durationSeconds = 4_000
        #expect(PrettyTranscript().text(transcript).hasPrefix("[0:00:00.5 - 0:00:02.0] A: "))
        transcript.segments = []
        #expect(PrettyTranscript().text(transcript) == "(no speech)\n")
    }

    @Test func summaryNamesNumbersAndLoss() {
        var transcript = Fixtures.dialogue
        transcript.coverage = SpeechCoverage(detectedSeconds: 17.4, decodedSeconds: 5.1)
        transcript.warnings = ["The recording ends early."]
        let summary = TranscriptionSummary(transcript, processing: .milliseconds(5_860), isDiarized: true)
        #expect(
            summary.lines(name: "a.wav") == [
                "a.wav: 0:20 of audio in 5.9 s, real-time factor 0.293, 2 speakers, 4 words",
                "a.wav: warning: 12.3 s of detected speech were not decoded",
                "a.wav: warning: The recording ends early.",
            ])
    }

    @Test func summaryOfNothing() {
        let empty = Transcript(modelID: "m", task: .transcribe, language: "en", durationSeconds: 0, segments: [])
        let summary = TranscriptionSummary(empty, processing: .zero, isDiarized: false)
        #expect(summary.lines(name: "a") == ["a: 0:00 of audio in 0.0 s, 0 words"])
        #expect(TranscriptionSummary.total([], failed: 2, verb: "transcribed") == "0 inputs transcribed, 2 failed")
    }

    @Test func totalAddsUp() {
        let summary = TranscriptionSummary(Fixtures.dialogue, processing: .seconds(50), isDiarized: true)
        #expect(
            TranscriptionSummary.total([summary, summary], failed: 1, verb: "transcribed")
                == "2 inputs transcribed, 1 failed; 0:40 of audio in 1:40, real-time factor 2.500")
    }

    @Test func everyFormatHasANameAnExtensionAndADocument() throws {
        #expect(Set(OutputFormat.all.map(\.fileExtension)).count == OutputFormat.all.count)
        for format in OutputFormat.all {
            #expect(try OutputFormat.named(format.name.uppercased()) == format)
            let text = format.render(Fixtures.dialogue, options: RenderingOptions(), width: nil)
            #expect(text.hasSuffix("\n") && text.count > 1)
            if format.describesItself, format != .api(.rttm) { #expect(text.filter { $0 == "\n" }.count == 1) }
        }
        #expect(throws: UsageError("unknown format stt; did you mean srt?")) { try OutputFormat.named("stt") }
    }
}
