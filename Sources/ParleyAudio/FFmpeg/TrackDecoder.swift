import CFFmpeg
import ParleyCore

/// The decoder of one audio track.
final class TrackDecoder {
    /// Short name of the codec.
    let codec: String
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let frame: UnsafeMutablePointer<AVFrame>

    /// Opens the decoder that a track needs.
    /// - Throws: ``AudioError`` with `unsupportedFormat` or `corrupt`.
    init(_ track: UnsafeMutablePointer<AVStream>) throws {
        let parameters = track.pointee.codecpar
        let id = parameters?.pointee.codec_id ?? AV_CODEC_ID_NONE
        codec = String(cString: avcodec_get_name(id))
        guard let parameters, let decoder = avcodec_find_decoder(id) else {
            throw AudioError(
                .unsupportedFormat,
                "The audio track is encoded in a way that can't be decoded here (\(codec)): convert it to another format."
            )
        }
        var context = avcodec_alloc_context3(decoder)
        var frame = av_frame_alloc()
        guard let opened = context, let allocated = frame else {
            avcodec_free_context(&context)
            av_frame_free(&frame)
            throw FFmpegFailure.outOfMemory
        }
        self.context = opened
        self.frame = allocated
        try FFmpegFailure.check(avcodec_parameters_to_context(opened, parameters))
        opened.pointee.pkt_timebase = track.pointee.time_base
        opened.pointee.thread_count = 1
        // The longest frames of any codec here are those of Monkey's Audio, 4.7 million samples.
        opened.pointee.max_samples = 5_000_000
        do {
            try FFmpegFailure.check(avcodec_open2(opened, decoder, nil))
        } catch {
            if error.isOutOfMemory { throw error }
            throw AudioError(
                .corrupt, "The recording is damaged: its audio track can't be decoded.", underlying: error.text)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&frame)
        avcodec_free_context(&context)
    }

    /// Gives the decoder a packet, or nil after the last one.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?) throws(FFmpegFailure) {
        try FFmpegFailure.check(avcodec_send_packet(context, packet))
    }

    /// The next decoded frame, valid until the next call; nil when the decoder wants another packet or has ended.
    func receive() throws(FFmpegFailure) -> UnsafeMutablePointer<AVFrame>? {
        let code = avcodec_receive_frame(context, frame)
        if code == cffmpeg_error_again() || code == cffmpeg_error_eof() { return nil }
        try FFmpegFailure.check(code)
        return frame
    }
}
