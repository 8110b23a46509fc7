import CFFmpeg
import Glibc
import ParleyCore

/// A container, read front to back through callbacks on one open file.
final class Demuxer {
    /// FFmpeg's names for the container.
    let container: String
    private let io: FileIO
    private let context: UnsafeMutablePointer<AVFormatContext>

    /// Recognises the container by its contents and reads its header.
    /// - Throws: ``AudioError`` with `unsupportedFormat` or `corrupt`.
    init(_ file: RecordingFile) throws {
        let io = try FileIO(file)
        let format = try Self.recognise(io)
        container = String(cString: format.pointee.name)
        context = try Self.open(io, format: format)
        self.io = io
        do {
            try FFmpegFailure.check(avformat_find_stream_info(context, nil))
        } catch {
            throw Self.damagedHeader(error)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&context)
    }

    /// The audio tracks, in the container's order.
    var audioTracks: [UnsafeMutablePointer<AVStream>] {
        (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
            .filter { $0.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }
    }

    /// Length of the whole container that its header claims, in seconds.
    var claimedDurationSeconds: Double? {
        let duration = context.pointee.duration
        return duration > 0 ? Double(duration) / Double(AV_TIME_BASE) : nil
    }

    /// Leaves out all tracks but one while reading.
    func select(_ track: UnsafeMutablePointer<AVStream>) {
        for index in 0..<Int(context.pointee.nb_streams) {
            guard let stream = context.pointee.streams[index] else { continue }
            stream.pointee.discard = stream == track ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    /// Reads the next packet of any track.
    func read(into packet: UnsafeMutablePointer<AVPacket>) throws(FFmpegFailure) {
        try FFmpegFailure.check(av_read_frame(context, packet))
    }

    private static func recognise(_ io: FileIO) throws -> UnsafePointer<AVInputFormat> {
        var format: UnsafePointer<AVInputFormat>?
        // No file name: what the file is called must not decide how it is read.
        let score = av_probe_input_buffer2(io.context, &format, "", nil, 0, 1 << 20)
        guard score >= 0, let format else {
            throw AudioError(
                .unsupportedFormat,
                "The file is not a recording in a known format: send wav, flac, mp3, m4a, ogg, webm or another common "
                    + "audio or video format.", underlying: score < 0 ? FFmpegFailure(code: score).text : nil)
        }
        let names = String(cString: format.pointee.name)
        if ContainerFormats.isReference(names) {
            throw AudioError(
                .unsupportedFormat,
                "Playlists and files that refer to other files are not accepted: send the recording itself.",
                underlying: names)
        }
        guard ContainerFormats.isAllowed(names) else {
            throw AudioError(
                .unsupportedFormat,
                "The file is not a recording in an accepted format: send wav, flac, mp3, m4a, ogg, webm or another "
                    + "common audio or video format.", underlying: names)
        }
        return format
    }

    private static func open(
        _ io: FileIO, format: UnsafePointer<AVInputFormat>
    ) throws -> UnsafeMutablePointer<AVFormatContext> {
        guard let allocated = avformat_alloc_context() else { throw FFmpegFailure.outOfMemory }
        allocated.pointee.pb = io.context
        // Three walls around the one open file: no other reader, no protocol, and no way to open anything.
        allocated.pointee.io_open = { _, _, _, _, _ in cffmpeg_error_not_permitted() }
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        let settings = [
            "format_whitelist": ContainerFormats.allowed.joined(separator: ","), "protocol_whitelist": "none",
            // Only audio is decoded, also while the tracks are looked at.
            "codec_whitelist": audioDecoders, "max_streams": "64", "probesize": "5000000",
            "analyzeduration": "10000000",
        ]
        for (key, value) in settings { av_dict_set(&options, key, value, 0) }
        var context: UnsafeMutablePointer<AVFormatContext>? = allocated
        do {
            try FFmpegFailure.check(avformat_open_input(&context, "", format, &options))
        } catch {
            throw damagedHeader(error)  // the context is freed by the failed call
        }
        guard let context else { throw FFmpegFailure.outOfMemory }
        return context
    }

    /// No memory counts as damage here: it means that the header asks for more than any recording needs.
    private static func damagedHeader(_ failure: FFmpegFailure) -> AudioError {
        AudioError(
            .corrupt, "The recording is damaged or incomplete: its header can't be read.", underlying: failure.text)
    }

    private static let audioDecoders: String = {
        var names: [String] = []
        var position: UnsafeMutableRawPointer?
        while let codec = av_codec_iterate(&position) {
            guard codec.pointee.type == AVMEDIA_TYPE_AUDIO, av_codec_is_decoder(codec) != 0 else { continue }
            names.append(String(cString: codec.pointee.name))
        }
        return names.joined(separator: ",")
    }()
}

/// FFmpeg's view of an open file.
private final class FileIO {
    let context: UnsafeMutablePointer<AVIOContext>
    private let file: RecordingFile

    init(_ file: RecordingFile) throws(FFmpegFailure) {
        let bufferSize = 64 << 10
        let buffer = av_malloc(bufferSize)?.assumingMemoryBound(to: UInt8.self)
        let context = avio_alloc_context(
            buffer, Int32(bufferSize), 0, Unmanaged.passUnretained(file).toOpaque(),
            { FileIO.read($0, $1, $2) }, nil, { FileIO.seek($0, $1, $2) })
        guard let context else {
            av_free(buffer)
            throw .outOfMemory
        }
        self.context = context
        self.file = file
    }

    deinit {
        // FFmpeg may have replaced the buffer by another one.
        av_free(context.pointee.buffer)
        var context: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&context)
    }

    private static func read(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ size: Int32)
        -> Int32
    {
        guard let opaque, let buffer, size > 0 else { return cffmpeg_error_io() }
        // invariant: the file outlives the context that calls this, because this object owns both.
        let file = Unmanaged<RecordingFile>.fromOpaque(opaque).takeUnretainedValue()
        guard let count = file.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(size))) else {
            return cffmpeg_error_io()
        }
        return count == 0 ? cffmpeg_error_eof() : Int32(count)
    }

    private static func seek(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
        guard let opaque else { return Int64(cffmpeg_error_io()) }
        // invariant: as above.
        let file = Unmanaged<RecordingFile>.fromOpaque(opaque).takeUnretainedValue()
        if whence & AVSEEK_SIZE != 0 { return Int64(file.byteCount) }
        return file.seek(to: offset, whence: whence & ~AVSEEK_FORCE) ?? Int64(cffmpeg_error_io())
    }
}
