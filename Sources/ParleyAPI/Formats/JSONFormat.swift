import ParleyCore

/// `json`: `{text, logprobs?, usage}`.
enum JSONFormat {
    static func document(_ transcript: Transcript, options: RenderingOptions) -> JSONValue {
        if transcript.task == .translate { return ["text": .string(transcript.text)] }
        return .members([
            ("text", .string(transcript.text)),
            ("logprobs", options.includesLogProbabilities ? LogProbabilities.values(transcript) : nil),
            ("usage", Usage.value(transcript, kind: options.usage, promptWordCount: options.promptWordCount)),
        ])
    }
}

/// `verbose_json`: language, duration, text, and segments or words with times.
///
/// Words and segments name their speakers where they are known, and turns are listed: extensions of ours.
enum VerboseJSONFormat {
    static func document(_ transcript: Transcript, options: RenderingOptions) -> JSONValue {
        let isTranslation = transcript.task == .translate
        let segments = transcript.segments.map(segment)
        let words = transcript.segments.flatMap(\.words).map(word)
        return .members([
            ("task", .string(transcript.task.rawValue)),
            ("language", .string(isTranslation ? "english" : Language.englishName(of: transcript.language))),
            ("duration", .seconds(transcript.durationSeconds)),
            ("text", .string(transcript.text)),
            ("words", options.granularities.contains(.word) && !isTranslation ? .array(words) : nil),
            ("segments", options.granularities.contains(.segment) ? .array(segments) : nil),
            ("turns", transcript.turns.isEmpty ? nil : TurnList.value(transcript.turns)),
            ("exclusive_turns", transcript.turns.isEmpty ? nil : TurnList.value(transcript.exclusiveTurns)),
            ("usage", isTranslation ? nil : Usage.value(transcript, kind: .duration, promptWordCount: 0)),
        ])
    }

    /// Milliseconds in one frame of `seek`, which is the start of the window that held the segment; a segment here is
    /// its own window.
    private static let millisecondsPerSeekFrame = 10

    private static func segment(_ segment: Segment) -> JSONValue {
        .members([
            ("id", .int(segment.id)),
            ("seek", .int(Milliseconds(segment.span.startSeconds).value / millisecondsPerSeekFrame)),
            ("start", .seconds(segment.span.startSeconds)),
            ("end", .seconds(segment.span.endSeconds)),
            ("text", .string(" " + segment.text)),
            ("tokens", .array(segment.tokens.map { .int($0) })),
            ("temperature", .double(segment.temperature)),
            ("avg_logprob", .double(segment.averageLogProbability)),
            ("compression_ratio", .double(segment.compressionRatio)),
            ("no_speech_prob", .double(segment.noSpeechProbability)),
            ("speaker", segment.speaker.map { .string($0) }),
        ])
    }

    private static func word(_ word: Word) -> JSONValue {
        .members([
            ("word", .string(word.text)),
            ("start", .seconds(word.span.startSeconds)),
            ("end", .seconds(word.span.endSeconds)),
            ("speaker", word.speaker.map { .string($0) }),
        ])
    }
}

/// `diarized_json`: segments with speakers.
enum DiarizedJSONFormat {
    /// Who speaks where nobody was told apart.
    static let onlySpeaker = "A"

    static func document(_ transcript: Transcript, options: RenderingOptions) -> JSONValue {
        let lines = transcript.segments.map { "\(($0.speaker ?? onlySpeaker).withSingleBlanks): \($0.text)" }
        return [
            "task": .string(transcript.task.rawValue),
            "duration": .seconds(transcript.durationSeconds),
            "text": .string(lines.joined(separator: "\n")),
            "segments": .array(transcript.segments.map(segment)),
            "usage": Usage.value(transcript, kind: .duration, promptWordCount: 0),
        ]
    }

    /// One segment; the same value is the `transcript.text.segment` event of a stream.
    static func segment(_ segment: Segment) -> JSONValue {
        [
            "type": "transcript.text.segment",
            "id": .string(segmentID(segment)),
            "start": .seconds(segment.span.startSeconds),
            "end": .seconds(segment.span.endSeconds),
            "text": .string(segment.text),
            "speaker": .string(segment.speaker ?? onlySpeaker),
        ]
    }

    /// `seg_001` for the first segment.
    static func segmentID(_ segment: Segment) -> String {
        let number = String(segment.id + 1)
        return "seg_" + String(repeating: "0", count: max(0, 3 - number.count)) + number
    }
}

extension JSONValue {
    /// A time in seconds, rounded to milliseconds so that no binary fraction is seen.
    static func seconds(_ value: Double) -> JSONValue {
        .double(value.isFinite ? (value * 1_000).rounded() / 1_000 : 0)
    }
}
