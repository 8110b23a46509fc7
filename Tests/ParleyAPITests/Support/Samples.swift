import ParleyCore

/// Transcripts with known content.
enum Samples {
    static func word(
        _ text: String, _ start: Double, _ end: Double, _ probability: Double = 0.5, speaker: String? = nil
    )
        -> Word
    {
        Word(
            text: text, span: TimeSpan(startSeconds: start, endSeconds: end), probability: probability, speaker: speaker
        )
    }

    static func segment(_ id: Int, _ words: [Word], speaker: String? = nil) -> Segment {
        Segment(
            id: id,
            span: TimeSpan(
                startSeconds: words.first?.span.startSeconds ?? 0, endSeconds: words.last?.span.endSeconds ?? 0),
            text: words.map(\.text).joined(separator: " "), words: words, averageLogProbability: -0.25,
            compressionRatio: 1.5, noSpeechProbability: 0.125, speaker: speaker)
    }

    /// Two speakers, two segments, 4.25 s.
    static let dialogue = Transcript(
        modelID: "bundled", task: .transcribe, language: "en", durationSeconds: 4.25,
        segments: [
            segment(
                0, [word("hello", 0.5, 0.9, 1, speaker: "A"), word("there", 1.0, 1.5, speaker: "A")], speaker: "A"),
            segment(1, [word("good", 2.0, 2.25, speaker: "B"), word("day", 2.3, 3.1004, speaker: "B")], speaker: "B"),
        ],
        turns: [
            SpeakerTurn(span: TimeSpan(startSeconds: 0.4, endSeconds: 1.6), speaker: "A"),
            SpeakerTurn(span: TimeSpan(startSeconds: 1.9, endSeconds: 3.2), speaker: "B"),
        ])

    /// The same words, nobody told apart.
    static var monologue: Transcript {
        var transcript = dialogue
        transcript.turns = []
        for index in transcript.segments.indices {
            transcript.segments[index].speaker = nil
            for word in transcript.segments[index].words.indices {
                transcript.segments[index].words[word].speaker = nil
            }
        }
        return transcript
    }

    /// Silence.
    static let empty = Transcript(
        modelID: "bundled", task: .transcribe, language: "en", durationSeconds: 1, segments: [])
}
