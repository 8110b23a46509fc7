import ParleyCore

/// The two ways in which OpenAI reports what a transcription cost.
public enum UsageKind: Sendable, Hashable {
    /// Seconds of audio, rounded up to whole ones so that readers of either number type understand them.
    case duration
    /// Tokens: ten per second of audio in, and as many as the recogniser has produced out (words, for a recogniser
    /// without tokens).
    case tokens
}

enum Usage {
    /// Tokens that one second of audio counts for, the rate of OpenAI's audio models (one per 100 ms).
    static let audioTokensPerSecond = 10.0

    static func value(_ transcript: Transcript, kind: UsageKind, promptWordCount: Int) -> JSONValue {
        switch kind {
        case .duration:
            return ["type": "duration", "seconds": .int(wholeNumber(transcript.durationSeconds))]
        case .tokens:
            let audio = wholeNumber(transcript.durationSeconds * audioTokensPerSecond)
            let output = transcript.segments.reduce(0) { sum, segment in
                sum + (segment.tokens.isEmpty ? segment.words.count : segment.tokens.count)
            }
            return [
                "type": "tokens",
                "input_tokens": .int(audio + promptWordCount),
                "input_token_details": ["text_tokens": .int(promptWordCount), "audio_tokens": .int(audio)],
                "output_tokens": .int(output),
                "total_tokens": .int(audio + promptWordCount + output),
            ]
        }
    }

    private static func wholeNumber(_ value: Double) -> Int {
        value.isFinite && value > 0 ? Int(min(value, 1e15).rounded(.up)) : 0
    }
}
