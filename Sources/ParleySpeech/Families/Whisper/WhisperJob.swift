import ParleyCore

/// A window on its way through the engine, attempt after attempt.
struct WhisperJob: Sendable {
    /// Log-mel features; empty once the window is encoded.
    var features: [Float]
    let span: TimeSpan
    let options: RecognitionOptions
    var audio: EncodedAudio?
    /// Known from the start, or found out.
    var language: String?
    /// How sure that was found out, 0...1.
    var languageProbability: Double?
    /// Attempts that were not believed.
    var attempts: [DecodingAttempt] = []
    var noSpeechProbability = 0.0

    var fallback: FallbackPolicy {
        FallbackPolicy(options: options.decoding, firstTemperature: options.temperature)
    }

    /// Temperature of the next attempt.
    var temperature: Double {
        let all = fallback.temperatures
        return all[min(attempts.count, all.count - 1)]
    }

    /// Texts that the next attempt keeps beside each other.
    var candidateCount: Int { temperature > 0 ? max(1, options.decoding.bestOf) : max(1, options.decoding.beamSize) }
}

/// What windows of one batch have in common.
struct WhisperBucket: Sendable, Hashable {
    /// Whether the language is still to be found out.
    let detectsLanguage: Bool
    /// Tokens that are fed before the first is sampled.
    let promptLength: Int
    /// Texts kept beside each other.
    let candidateCount: Int
}
