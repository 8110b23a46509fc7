public import ParleyCore

/// The forms in which a diarization without words is written.
public enum DiarizationFormat: String, Sendable, CaseIterable {
    /// Speaker turns (NIST Rich Transcription Time Marked).
    case rttm
    /// Everything that is known.
    case json
    /// A line for each turn, for people: `00:00:12.300 --> 00:00:15.900 A`.
    case text

    /// What a file of this form is called after the dot.
    public var fileExtension: String {
        switch self {
        case .rttm, .json: rawValue
        case .text: "txt"
        }
    }

    /// Writes a diarization.
    /// - Parameters:
    ///   - recordingName: What `rttm` and `json` call the recording.
    ///   - isExclusive: Whether `rttm` and `text` show one speaker at a time; `json` has both.
    /// - Returns: The whole document as UTF-8 text. JSON has no line break at its end; the other forms do.
    public func render(_ diarization: Diarization, recordingName: String, isExclusive: Bool = false) -> String {
        let turns = isExclusive ? diarization.exclusiveTurns : diarization.turns
        switch self {
        case .rttm: return RTTMFormat.document(turns, recordingName: recordingName)
        case .text: return turns.map(Self.line).joined()
        case .json: return Self.json(diarization, recordingName: recordingName).text
        }
    }

    private static func line(_ turn: SpeakerTurn) -> String {
        let start = Milliseconds(turn.span.startSeconds).clock(mark: ".")
        let end = Milliseconds(turn.span.endSeconds).clock(mark: ".")
        return "\(start) --> \(end) \(turn.speaker.withSingleBlanks)\n"
    }

    private static func json(_ diarization: Diarization, recordingName: String) -> JSONValue {
        [
            "file": .string(recordingName),
            "duration": .seconds(diarization.durationSeconds),
            "speakers": .array(diarization.speakers.map { .string($0) }),
            "turns": TurnList.value(diarization.turns),
            "exclusive_turns": TurnList.value(diarization.exclusiveTurns),
        ]
    }
}

/// Turns as JSON: extensions of OpenAI's answers.
enum TurnList {
    static func value(_ turns: [SpeakerTurn]) -> JSONValue { .array(turns.map(turn)) }

    private static func turn(_ turn: SpeakerTurn) -> JSONValue {
        [
            "start": .seconds(turn.span.startSeconds),
            "end": .seconds(turn.span.endSeconds),
            "speaker": .string(turn.speaker),
            // Three decimals, as times have.
            "confidence": .seconds(turn.confidence),
            "overlap": .seconds(turn.overlapSeconds),
        ]
    }
}
