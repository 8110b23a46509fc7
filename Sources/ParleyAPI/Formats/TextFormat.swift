import ParleyCore

/// `text`: the words alone; with speakers, a line `<Speaker>: <text>` for each segment.
enum TextFormat {
    static func document(_ transcript: Transcript) -> String {
        guard transcript.segments.contains(where: { $0.speaker != nil }) else { return transcript.text + "\n" }
        return transcript.segments.map { segment in
            (segment.speaker.map { "\($0.withSingleBlanks): " } ?? "") + segment.text + "\n"
        }.joined()
    }
}

/// `tsv`: `start`, `end` in milliseconds and `text`, as openai-whisper's own writer does.
enum TSVFormat {
    static func document(_ transcript: Transcript) -> String {
        transcript.segments.reduce(into: "start\tend\ttext\n") { text, segment in
            let start = Milliseconds(segment.span.startSeconds).value
            let end = Milliseconds(segment.span.endSeconds).value
            text += "\(start)\t\(end)\t\(segment.text.withSingleBlanks)\n"
        }
    }
}

/// `rttm`: one `SPEAKER` line for each turn (NIST RT-09 evaluation plan, appendix A).
enum RTTMFormat {
    static func document(_ transcript: Transcript, isExclusive: Bool = false, recordingName: String) -> String {
        let exclusive = isExclusive ? transcript.exclusiveTurns : []
        return document(exclusive.isEmpty ? turns(transcript) : exclusive, recordingName: recordingName)
    }

    static func document(_ turns: [SpeakerTurn], recordingName: String) -> String {
        let file = field(recordingName, otherwise: "recording")
        return turns.map { turn in
            let start = Milliseconds(turn.span.startSeconds)
            let end = Milliseconds(turn.span.endSeconds)
            // A line without length would be no turn.
            guard end > start else { return "" }
            let length = Milliseconds(value: end.value - start.value)
            let speaker = field(turn.speaker, otherwise: DiarizedJSONFormat.onlySpeaker)
            return
                "SPEAKER \(file) 1 \(start.decimalSeconds) \(length.decimalSeconds) <NA> <NA> \(speaker) <NA> <NA>\n"
        }.joined()
    }

    private static func turns(_ transcript: Transcript) -> [SpeakerTurn] {
        guard transcript.turns.isEmpty else { return transcript.turns }
        return transcript.segments.compactMap { segment in
            segment.speaker.map { SpeakerTurn(span: segment.span, speaker: $0) }
        }
    }

    /// Fields are separated by blanks, so that a name must not hold one; other letters than ASCII stay.
    private static func field(_ name: String, otherwise fallback: String) -> String {
        let safe = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }
        return safe.isEmpty ? fallback : String(safe)
    }
}

extension String {
    /// The words separated by single blanks: no tabs, no line breaks, none at the ends.
    var withSingleBlanks: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
