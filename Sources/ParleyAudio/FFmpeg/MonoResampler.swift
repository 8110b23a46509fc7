import CFFmpeg
import ParleyCore

/// Turns frames of one form into mono floats at 16 kHz.
final class MonoResampler {
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
    private let context: OpaquePointer

    /// Makes a resampler for frames like this one.
    init(like frame: UnsafeMutablePointer<AVFrame>) throws(FFmpegFailure) {
        form = Form(frame)
        // The weights below are ours, so the layout only has to have the right number of channels.
        var source = AVChannelLayout()
        try FFmpegFailure.check(av_channel_layout_from_mask(&source, (UInt64(1) << UInt64(form.channelCount)) - 1))
        var mono = AVChannelLayout()
        av_channel_layout_default(&mono, 1)
        var context: OpaquePointer?
        let code = swr_alloc_set_opts2(
            &context, &mono, AV_SAMPLE_FMT_FLT, Int32(PCM.sampleRateHz), &source, AVSampleFormat(form.sampleFormat),
            form.sampleRateHz, 0, nil)
        guard code >= 0, let context else { throw FFmpegFailure(code: min(code, cffmpeg_error_no_memory())) }
        self.context = context
        let weights = Self.weights(of: frame)
        try FFmpegFailure.check(swr_set_matrix(context, weights, Int32(weights.count)))
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
    ///   - limit: Most samples to append.
    ///   - isLast: Whether no frame will follow, so that the filter's rest is given too.
    /// - Returns: how many were appended.
    func read(into samples: inout [Float], limit: Int, isLast: Bool) throws(FFmpegFailure) -> Int {
        let code = withUnsafeTemporaryAllocation(of: Float.self, capacity: limit) { buffer -> Int32 in
            let count = cffmpeg_resampler_read(context, buffer.baseAddress, Int32(limit), isLast ? 1 : 0)
            guard count > 0 else { return count }
            samples.append(contentsOf: buffer[0..<Int(count)])
            return count
        }
        return Int(try FFmpegFailure.check(code))
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
