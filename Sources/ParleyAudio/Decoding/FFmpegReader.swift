public import ParleyCore
import Synchronization

/// A recording being decoded by FFmpeg; see `AudioReader`.
///
/// Calls from several threads wait for each other.
public final class FFmpegReader: AudioReader {
    /// What the header said.
    public let info: AudioInfo

    private let track: Mutex<Progress>
    private let maximumSamples: Int

    private struct Progress {
        let track: AudioTrack
        var sampleCount = 0
    }

    /// Samples in the chunks that ``next()`` gives: one second.
    private static let chunkSampleCount = PCM.sampleRateHz

    init(
        _ input: AudioInput, track index: Int?, layout: ChannelLayout = .mono, limits: DecodeLimits
    ) throws(AudioError) {
        let seconds = min(limits.maximumDuration / .seconds(1), 1e9)
        maximumSamples = PCM.sampleCount(seconds: seconds)
        let file = try RecordingFile(path: input.path, maximumBytes: limits.maximumBytes)
        let track = try Self.translating { try AudioTrack(file, track: index, layout: layout, limits: limits) }
        info = track.info
        self.track = Mutex(Progress(track: track))
    }

    /// The next second of samples at 16 kHz and within -1...1, mono or with the channels interleaved; nil at the end.
    ///
    /// Damaged packets are left out and counted by ``damagedPacketCount``.
    /// - Throws: ``AudioError`` with `tooLong` when the limit is passed, `corrupt` when nothing could be decoded,
    ///   `tooShort` when there is no sound at all, `tooManyChannels` or `unsupportedFormat`.
    public func next() throws -> [Float]? {
        try track.withLock { progress throws(AudioError) in
            let samples = try Self.translating { try progress.track.next(limit: Self.chunkSampleCount) }
            progress.sampleCount += samples.count / progress.track.outputChannelCount
            guard progress.sampleCount <= maximumSamples else {
                throw AudioError(
                    .tooLong, "The recording is longer than \(maximumSamples / PCM.sampleRateHz) seconds.")
            }
            if progress.sampleCount == 0 { throw Self.nothing(damagedPacketCount: progress.track.damagedPacketCount) }
            return samples.isEmpty ? nil : samples
        }
    }

    /// Packets that were left out so far because they are damaged.
    public var damagedPacketCount: Int { track.withLock { $0.track.damagedPacketCount } }

    private static func nothing(damagedPacketCount: Int) -> AudioError {
        damagedPacketCount > 0
            ? AudioError(
                .corrupt, "The recording is damaged: nothing of it can be decoded.",
                underlying: "\(damagedPacketCount) damaged packets")
            : AudioError(.tooShort, "The recording contains no sound: it is 0 seconds long.")
    }

    /// Runs FFmpeg calls and turns their failures into errors that may be shown.
    private static func translating<R>(_ body: () throws -> R) throws(AudioError) -> R {
        try FFmpegProcess.listening { lastLine throws(AudioError) in
            do {
                return try body()
            } catch {
                throw audioError(error, lastLine: lastLine())
            }
        }
    }

    private static func audioError(_ error: any Error, lastLine: String?) -> AudioError {
        var result =
            switch error {
            case let error as AudioError:
                error
            case let failure as FFmpegFailure where failure.isOutOfMemory:
                AudioError(
                    .internalFailure, "There was not enough memory to decode the recording.", underlying: failure.text)
            case let failure as FFmpegFailure:
                AudioError(.corrupt, "The recording is damaged: it can't be decoded.", underlying: failure.text)
            default:
                AudioError(.internalFailure, "The recording could not be decoded.", underlying: "\(error)")
            }
        let details = [result.underlying, lastLine].compactMap(\.self)
        result.underlying = details.isEmpty ? nil : details.joined(separator: ": ")
        return result
    }
}
