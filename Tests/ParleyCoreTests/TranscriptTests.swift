import ParleyCore
import Testing

@Suite struct TranscriptTests {
    private func segment(_ text: String, _ speaker: String?) -> Segment {
        Segment(
            id: 0, span: TimeSpan(startSeconds: 0, endSeconds: 1), text: text, words: [], averageLogProbability: 0,
            compressionRatio: 1, noSpeechProbability: 0, speaker: speaker)
    }

    @Test func joinsItsSegments() {
        let transcript = Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 2,
            segments: [segment("one two", "B"), segment("three", "A")])
        #expect(transcript.text == "one two three")
        #expect(transcript.speakers == ["B", "A"])
    }

    @Test func listsSpeakersOfTurnsFirst() {
        let transcript = Transcript(
            modelID: "m", task: .transcribe, language: "en", durationSeconds: 2, segments: [segment("x", "B")],
            turns: [SpeakerTurn(span: TimeSpan(startSeconds: 0, endSeconds: 1), speaker: "A")])
        #expect(transcript.speakers == ["A", "B"])
    }
}
