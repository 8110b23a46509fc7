/// Drops segments that look made up and stand between pauses: openai/whisper's `hallucination_silence_threshold`.
struct HallucinationFilter: Sendable {
    /// Shortest pause that counts, in seconds.
    let silenceSeconds: Double
    /// Length of the window in seconds.
    let windowSeconds: Double

    /// A segment this near to the window's border counts as beside a pause, in seconds.
    private static let borderSeconds = 2.0

    /// The segments that stay.
    func believable(_ segments: [TimedSegment]) -> [TimedSegment] {
        let spoken = segments.filter { !$0.words.isEmpty }
        var lastEnd = 0.0
        return spoken.enumerated().compactMap { index, candidate in
            let (start, end) = (candidate.segment.startSeconds, candidate.segment.endSeconds)
            let next = spoken.dropFirst(index + 1).first
            let nextStart = next?.words.first?.startSeconds ?? windowSeconds
            let pauseBefore = start - lastEnd > silenceSeconds || start < max(silenceSeconds, Self.borderSeconds)
            let pauseAfter =
                nextStart - end > silenceSeconds || next.map(Self.isAnomalous) == true
                || windowSeconds - end < Self.borderSeconds
            if Self.isAnomalous(candidate), pauseBefore, pauseAfter { return nil }
            lastEnd = end
            return candidate
        }
    }

    /// Whether the first words are improbable, too short or too long to have been spoken.
    static func isAnomalous(_ candidate: TimedSegment) -> Bool {
        let words = candidate.words.filter { !PunctuationMerging.isMark($0.text) }.prefix(8)
        let score = words.reduce(0) { $0 + anomaly(of: $1) }
        // Nothing but marks is anomalous.
        return score >= 3 || score + 0.01 >= Double(words.count)
    }

    private static func anomaly(of word: TimedWord) -> Double {
        var score = word.probability < 0.15 ? 1.0 : 0
        if word.durationSeconds < 0.133 { score += (0.133 - word.durationSeconds) * 15 }
        if word.durationSeconds > 2 { score += word.durationSeconds - 2 }
        return score
    }
}
