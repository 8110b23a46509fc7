import ParleyCore

/// The channels of a recording being decoded by FFmpeg; see `ChannelReader`.
final class FFmpegChannelReader: ChannelReader {
    private let reader: FFmpegReader

    init(_ input: AudioInput, track: Int?, limits: DecodeLimits) throws(AudioError) {
        reader = try FFmpegReader(input, track: track, layout: .separate, limits: limits)
        guard reader.info.sourceChannelCount > 1 else {
            throw AudioError(
                .tooFewChannels, "The recording has one channel: speakers can't be told apart by their channels.")
        }
    }

    var info: AudioInfo { reader.info }

    func next() throws -> [[Float]]? {
        guard let interleaved = try reader.next() else { return nil }
        let count = max(1, info.sourceChannelCount)
        return (0..<count).map { channel in
            stride(from: channel, to: interleaved.count, by: count).map { interleaved[$0] }
        }
    }
}
