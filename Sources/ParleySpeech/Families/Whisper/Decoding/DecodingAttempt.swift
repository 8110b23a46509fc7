import ParleyCore

/// What one attempt at a window brought.
struct DecodingAttempt: Sendable {
    let text: FoundText
    let temperature: Double
    /// UTF-8 bytes of the text over its compressed bytes.
    let compressionRatio: Double

    var averageLogProbability: Double { text.averageLogProbability }
}

/// Decides whether an attempt is believed: openai/whisper's `decode_with_fallback`.
struct FallbackPolicy: Sendable {
    let options: DecodingOptions
    /// The first attempt's temperature.
    let firstTemperature: Double

    /// However small the increment is, a window is tried again this often at most.
    private static let mostSteps = 100.0

    enum Verdict: Sendable, Hashable {
        case believed
        case silent
        case again
    }

    /// From the first temperature up to 1; only the first where there is no increment.
    var temperatures: [Double] {
        guard options.temperatureIncrement > 0 else { return [firstTemperature] }
        let steps = ((1 - firstTemperature) / options.temperatureIncrement + 1e-6).rounded(.down)
        let count = 1 + Int(max(0, min(Self.mostSteps, steps)))
        return (0..<count).map { firstTemperature + Double($0) * options.temperatureIncrement }
    }

    /// - Parameters:
    ///   - attempt: What was found.
    ///   - noSpeechProbability: 0...1.
    func verdict(_ attempt: DecodingAttempt, noSpeechProbability: Double) -> Verdict {
        let isImprobable = options.logProbabilityThreshold.map { attempt.averageLogProbability < $0 } ?? false
        let isRepetitive = options.compressionRatioThreshold.map { attempt.compressionRatio > $0 } ?? false
        if isSilent(attempt, noSpeechProbability: noSpeechProbability) { return .silent }
        return isImprobable || isRepetitive ? .again : .believed
    }

    /// Whether a window is taken for silence: no speech is likely, and the text is not likely enough to say otherwise.
    private func isSilent(_ attempt: DecodingAttempt, noSpeechProbability: Double) -> Bool {
        guard let limit = options.noSpeechThreshold, noSpeechProbability > limit else { return false }
        guard let threshold = options.logProbabilityThreshold else { return true }
        return attempt.averageLogProbability < threshold
    }

    /// What to take when no attempt was believed: the likeliest text among those that do not repeat themselves.
    func leastBad(_ attempts: [DecodingAttempt]) -> DecodingAttempt? {
        let plain = attempts.filter { attempt in
            options.compressionRatioThreshold.map { attempt.compressionRatio <= $0 } ?? true
        }
        return (plain.isEmpty ? attempts : plain).max { $0.averageLogProbability < $1.averageLogProbability }
    }
}
