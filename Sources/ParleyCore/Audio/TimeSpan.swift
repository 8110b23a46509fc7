/// A stretch of a recording, in seconds from its start.
///
/// Seconds rather than `Duration`: these values are printed, averaged and written to JSON, and every other system in
/// the field exchanges them as floating-point seconds.
public struct TimeSpan: Sendable, Hashable, Codable {
    /// Start in seconds, inclusive.
    public var startSeconds: Double
    /// End in seconds, exclusive; never before the start.
    public var endSeconds: Double

    /// Makes a span; an end before the start is moved to the start.
    public init(startSeconds: Double, endSeconds: Double) {
        self.startSeconds = startSeconds
        self.endSeconds = max(startSeconds, endSeconds)
    }

    /// Makes a span from sample indices at a sample rate in Hz.
    public init(startSample: Int, endSample: Int, sampleRateHz: Int = PCM.sampleRateHz) {
        self.init(
            startSeconds: Double(startSample) / Double(sampleRateHz),
            endSeconds: Double(endSample) / Double(sampleRateHz))
    }

    /// Length in seconds, at least 0.
    public var durationSeconds: Double { endSeconds - startSeconds }

    /// The middle, in seconds.
    public var midpointSeconds: Double { (startSeconds + endSeconds) / 2 }

    /// Seconds that both spans share; 0 when they only touch.
    public func overlapSeconds(with other: TimeSpan) -> Double {
        max(0, min(endSeconds, other.endSeconds) - max(startSeconds, other.startSeconds))
    }

    /// The same length, moved by an offset in seconds.
    public func shifted(bySeconds offset: Double) -> TimeSpan {
        TimeSpan(startSeconds: startSeconds + offset, endSeconds: endSeconds + offset)
    }
}
