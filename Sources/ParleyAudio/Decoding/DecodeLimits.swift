/// What a recording may cost before it is refused, whatever its header says.
public struct DecodeLimits: Sendable, Hashable {
    /// Longest decoded audio.
    ///
    /// Default 24 hours.
    public var maximumDuration: Duration
    /// Most channels of the source.
    ///
    /// Default 32, at most 63.
    public var maximumChannels: Int
    /// Largest file in bytes.
    ///
    /// Default 32 GiB, room for 24 hours of uncompressed stereo.
    public var maximumBytes: Int

    /// Makes limits.
    public init(
        maximumDuration: Duration = .seconds(24 * 3_600), maximumChannels: Int = 32, maximumBytes: Int = 32 << 30
    ) {
        self.maximumDuration = maximumDuration
        self.maximumChannels = maximumChannels
        self.maximumBytes = maximumBytes
    }
}
