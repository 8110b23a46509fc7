/// A recording to be decoded: a file on this machine, whoever wrote it.
///
/// Uploads and standard input are spooled to a file first, so that containers whose index lies at the end can be read.
public struct AudioInput: Sendable, Hashable {
    /// Path of the file.
    ///
    /// It is opened as a plain file and never as a URL.
    public var path: String
    /// What to call it in messages: a file name without folders, safe to show to a client.
    public var displayName: String

    /// Makes an input.
    public init(path: String, displayName: String) {
        self.path = path
        self.displayName = displayName
    }
}

/// What a decoder found out on opening a recording.
public struct AudioInfo: Sendable, Hashable {
    /// Short name of the container, as FFmpeg gives it (`wav`, `mov,mp4,m4a,3gp,3g2,mj2`).
    public var container: String
    /// Codec of the chosen track (`pcm_s16le`, `aac`).
    public var codec: String
    /// Sample rate of the source in Hz.
    public var sourceSampleRateHz: Int
    /// Channels of the source.
    public var sourceChannelCount: Int
    /// Audio tracks in the container.
    public var trackCount: Int
    /// Length that the header claims, in seconds; nil when it claims none.
    ///
    /// Never to be relied on.
    public var claimedDurationSeconds: Double?

    /// Makes a description.
    public init(
        container: String, codec: String, sourceSampleRateHz: Int, sourceChannelCount: Int, trackCount: Int,
        claimedDurationSeconds: Double?
    ) {
        self.container = container
        self.codec = codec
        self.sourceSampleRateHz = sourceSampleRateHz
        self.sourceChannelCount = sourceChannelCount
        self.trackCount = trackCount
        self.claimedDurationSeconds = claimedDurationSeconds
    }
}
