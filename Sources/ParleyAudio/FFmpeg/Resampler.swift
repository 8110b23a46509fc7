import CFFmpeg
import ParleyCore

/// What becomes of the channels of a recording.
enum ChannelLayout: Sendable {
    /// They are mixed into one.
    case mono
    /// They stay apart.
    case separate
}

/// Turns frames of one form into floats at 16 kHz.
final class Resampler {
    /// What frames have to have in common to go through the same resampler.
    struct Form: Equatable {
        var sampleRateHz: Int32
        var channelCount: Int32
        var sampleFormat: Int32

        init(_ frame: UnsafeMutablePointer<AVFrame>) {
            sampleRateHz = frame.pointee.sample_rate
            channelCount = frame.pointee.ch_layout.nb_channels
            sampleFormat = frame.pointee.format
        }
    }

    /// Rates of real recordings.
    ///
    /// Outside of them the resampling filter would need absurd amounts of memory.
    static let sampleRatesHz: ClosedRange<Int32> = 1_000...768_000

    /// The form that this resampler was made for.
    let form: Form
    /// Channels that come out, interleaved.
    let channelCount: Int
    private let context: OpaquePointer

    /// Makes a resampler for frames like this one.
    init(like frame: UnsafeMutablePointer<AVFrame>, layout: ChannelLayout) throws(FFmpegFailure) {
        form = Form(frame)
        channelCount = layout == .mono ? 1 : Int(form.channelCount)
        // The weights below are ours, so the layout only has to have the right number of channels.
        var source = AVChannelLayout()
        try FFmpegFailure.check(av_channel_layout_from_mask(&source, (UInt64(1) << UInt64(form.channelCount)) - 1))
        var target = AVChannelLayout()
        if layout == .mono { av_channel_layout_default(&target, 1) } else { target = source }
        var context: OpaquePointer?
        let code = swr_alloc_set_opts2(
            &context, &target, AV_SAMPLE_FMT_FLT, Int32(PCM.sampleRateHz), &source, AVSampleFormat(form.sampleFormat),
            form.sampleRateHz, 0, nil)
        guard code >= 0, let context else { throw FFmpegFailure(code: min(code, cffmpeg_error_no_memory())) }
        self.context = context
        let weights = layout == .mono ? Self.weights(of: frame) : Self.identity(channelCount)
        try FFmpegFailure.check(swr_set_matrix(context, weights, form.channelCount))
        try FFmpegFailure.check(swr_init(context))
    }

    deinit {
        var context: OpaquePointer? = context
        swr_free(&context)
    }

    /// Gives a frame; everything that is ready should be read before the next one.
    func feed(_ frame: UnsafeMutablePointer<AVFrame>) throws(FFmpegFailure) {
        try FFmpegFailure.check(cffmpeg_resampler_feed(context, frame))
    }

    /// Appends samples that are ready.
    /// - Parameters:
    ///   - samples: Where to; each is finite and within -1...1.
    ///   - limit: Most samples of each channel to append.
    ///   - isLast: Whether no frame will follow, so that the filter's rest is given too.
    /// - Returns: how many of each channel were appended.
    func read(into samples: inout [Float], limit: Int, isLast: Bool) throws(FFmpegFailure) -> Int {
        let code = withUnsafeTemporaryAllocation(of: Float.self, capacity: limit * channelCount) { buffer -> Int32 in
            let count = cffmpeg_resampler_read(
                context, buffer.baseAddress, Int32(limit), Int32(channelCount), isLast ? 1 : 0)
            guard count > 0 else { return count }
            samples.append(contentsOf: buffer[0..<(Int(count) * channelCount)])
            return count
        }
        return Int(try FFmpegFailure.check(code))
    }

    /// Each channel by itself.
    private static func identity(_ count: Int) -> [Double] {
        (0..<(count * count)).map { $0 % (count + 1) == 0 ? 1 : 0 }
    }

    /// The plain mean of all channels but the subwoofers', so that a voice on every channel keeps its level.
    private static func weights(of frame: UnsafeMutablePointer<AVFrame>) -> [Double] {
        let channels = (0..<UInt32(frame.pointee.ch_layout.nb_channels)).map {
            av_channel_layout_channel_from_index(&frame.pointee.ch_layout, $0)
        }
        let subwoofers = [AV_CHAN_LOW_FREQUENCY, AV_CHAN_LOW_FREQUENCY_2]
        let voiceCount = channels.count { !subwoofers.contains($0) }
        guard voiceCount > 0 else { return channels.map { _ in 1 / Double(channels.count) } }
        return channels.map { subwoofers.contains($0) ? 0 : 1 / Double(voiceCount) }
    }
}
