import ParleyCore
import Testing

@testable import ParleyAPI

/// Speakers in the forms of a transcript, and names that mean harm.
@Suite struct SpeakerFormatTests {
    private func turn(_ start: Double, _ end: Double, _ speaker: String) -> SpeakerTurn {
        SpeakerTurn(
            span: TimeSpan(startSeconds: start, endSeconds: end), speaker: speaker, confidence: 0.91234,
            overlapSeconds: 0.25)
    }

    private func transcript(_ speaker: String) -> Transcript {
        let span = TimeSpan(startSeconds: 0, endSeconds: 2)
        let word = Word(text: "hello", span: span, probability: 1, speaker: speaker)
        let segment = Segment(
            id: 0, span: span, text: "hello", words: [word], averageLogProbability: 0, compressionRatio: 1,
            noSpeechProbability: 0, speaker: speaker)
        return Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 2, segments: [segment],
            turns: [turn(0, 2, speaker), turn(1, 1.5, "B")], exclusiveTurns: [turn(0, 2, speaker)])
    }

    @Test func verboseJSONListsTurns() {
        let text = TranscriptFormat.verboseJSON.render(transcript("A"))
        #expect(
            text.contains(
                #""turns":[{"start":0.0,"end":2.0,"speaker":"A","confidence":0.912,"overlap":0.25},"#
                    + #"{"start":1.0,"end":1.5,"speaker":"B","confidence":0.912,"overlap":0.25}],"#
                    + #""exclusive_turns":[{"start":0.0,"end":2.0,"#))
        var plain = transcript("A")
        plain.turns = []
        #expect(!TranscriptFormat.verboseJSON.render(plain).contains("turns"))
        // OpenAI's form stays as it is.
        #expect(!TranscriptFormat.diarizedJSON.render(transcript("A")).contains("turns"))
    }

    @Test func rttmShowsOneSpeakerAtATimeWhenAsked() {
        var options = RenderingOptions()
        #expect(TranscriptFormat.rttm.render(transcript("A"), options: options).split(separator: "\n").count == 2)
        options.isExclusive = true
        #expect(
            TranscriptFormat.rttm.render(transcript("A"), options: options)
                == "SPEAKER recording 1 0.000 2.000 <NA> <NA> A <NA> <NA>\n")
    }

    @Test func rttmHasNoTurnsWithoutLength() {
        var short = transcript("A")
        short.turns = [turn(1, 1.0004, "A")]
        #expect(TranscriptFormat.rttm.render(short).isEmpty)
    }

    @Test func labelsCanBeLeftOut() {
        var options = RenderingOptions()
        options.showsSpeakers = false
        #expect(TranscriptFormat.text.render(transcript("A"), options: options) == "hello\n")
        #expect(TranscriptFormat.srt.render(transcript("A"), options: options).contains("\nhello\n"))
        #expect(!TranscriptFormat.vtt.render(transcript("A"), options: options).contains("<v"))
    }

    @Test(arguments: ["a\nb", "x --> y", "<script>", "</v>&amp;", "tab\tend\r", "  "])
    func hostileNamesStayNames(_ name: String) {
        let transcript = transcript(name)
        #expect(TranscriptFormat.text.render(transcript).split(separator: "\n").count == 1)
        let vtt = TranscriptFormat.vtt.render(transcript).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(vtt.count { $0.contains("-->") } == 1)
        #expect(
            vtt.filter { $0.contains("hello") }.allSatisfy { line in
                line.hasPrefix("<v ") && line.count { $0 == "<" } == 1 && line.count { $0 == ">" } == 1
            })
        let srt = TranscriptFormat.srt.render(transcript).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(srt.count { $0.contains("-->") } == 1)
        for line in TranscriptFormat.rttm.render(transcript).split(separator: "\n") {
            #expect(line.split(separator: " ").count == 10)
        }
    }

    @Test func aDiarizationIsWrittenInEveryForm() {
        let diarization = Diarization(
            durationSeconds: 2, speakers: ["A", "B"], turns: [turn(0, 2, "A"), turn(1, 1.5, "B")],
            exclusiveTurns: [turn(0, 2, "A")])
        #expect(
            DiarizationFormat.text.render(diarization, recordingName: "x")
                == "00:00:00.000 --> 00:00:02.000 A\n00:00:01.000 --> 00:00:01.500 B\n")
        #expect(
            DiarizationFormat.rttm.render(diarization, recordingName: "x", isExclusive: true)
                == "SPEAKER x 1 0.000 2.000 <NA> <NA> A <NA> <NA>\n")
        #expect(
            DiarizationFormat.json.render(diarization, recordingName: "x").hasPrefix(#"{"file":"x","duration":2.0,"#))
    }
}
