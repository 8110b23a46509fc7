public import ParleyCore

/// Decodes any self-contained recording that FFmpeg reads.
///
/// Only containers on ``ContainerFormats/allowed`` are opened, and nothing inside a file can make the decoder open
/// another file or a network address.
public struct FFmpegDecoder: AudioDecoder {
    /// What recordings may cost.
    public let limits: DecodeLimits

    /// Makes a decoder.
    public init(limits: DecodeLimits = DecodeLimits()) { self.limits = limits }

    /// Opens a recording and reads its header; see `AudioDecoder`.
    public func open(_ input: AudioInput, track: Int? = nil) throws -> any AudioReader {
        try FFmpegReader(input, track: track, limits: limits)
    }

    /// Opens a recording whose channels stay apart; see `AudioDecoder`.
    public func openChannels(_ input: AudioInput, track: Int? = nil) throws -> any ChannelReader {
        try FFmpegChannelReader(input, track: track, limits: limits)
    }
}
