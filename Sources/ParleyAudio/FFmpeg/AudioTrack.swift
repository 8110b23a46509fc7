import CFFmpeg
import ParleyCore

/// One audio track on its way from packets to samples, mono or with its channels interleaved.
final class AudioTrack {
    /// What the header said.
    let info: AudioInfo
    /// Packets that were left out because they are damaged.
    private(set) var damagedPacketCount = 0

    private let demuxer: Demuxer
    private let decoder: TrackDecoder
    private let packet: UnsafeMutablePointer<AVPacket>
    private let streamIndex: Int32
    private let maximumChannels: Int
    private let layout: ChannelLayout

    private var resampler: Resampler?
    /// A frame of another form than those before, kept until the resampler before it has been emptied.
    private var waitingFrame: UnsafeMutablePointer<AVFrame>?
    private var end = End.notReached
    private var barrenPacketCount = 0

    private enum End {
        case notReached
        /// All packets are read; the decoder may hold some frames yet.
        case packetsRead
        /// All frames are decoded.
        case framesDecoded
    }

    /// Packets that may follow each other without giving any sound, before the rest is given up.
    ///
    /// Bounds the time that a hostile index of empty packets can take.
    private static let maximumBarrenPackets = 100_000
    /// Channels that fit into the mask of a layout.
    private static let representableChannels = 63

    /// Opens a track of a file.
    /// - Throws: ``AudioError`` or ``FFmpegFailure``.
    init(_ file: RecordingFile, track index: Int?, layout: ChannelLayout = .mono, limits: DecodeLimits) throws {
        let demuxer = try Demuxer(file)
        let tracks = demuxer.audioTracks
        let wanted = index ?? 0
        guard tracks.indices.contains(wanted) else {
            throw AudioError(
                .noAudioTrack,
                tracks.isEmpty
                    ? "The file has no audio track."
                    : "The file has no audio track \(wanted): it has \(tracks.count), counted from 0.")
        }
        let track = tracks[wanted]
        let parameters = track.pointee.codecpar.pointee
        let channelCount = Int(parameters.ch_layout.nb_channels)
        let maximumChannels = min(limits.maximumChannels, Self.representableChannels)
        try Self.check(channelCount: channelCount, maximum: maximumChannels)
        demuxer.select(track)
        let decoder = try TrackDecoder(track)
        guard let packet = av_packet_alloc() else { throw FFmpegFailure.outOfMemory }
        self.demuxer = demuxer
        self.decoder = decoder
        self.packet = packet
        streamIndex = track.pointee.index
        self.maximumChannels = maximumChannels
        self.layout = layout
        info = AudioInfo(
            container: demuxer.container, codec: decoder.codec, sourceSampleRateHz: Int(parameters.sample_rate),
            sourceChannelCount: channelCount, trackCount: tracks.count,
            claimedDurationSeconds: track.claimedDurationSeconds ?? demuxer.claimedDurationSeconds)
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// Channels that ``next(limit:)`` gives.
    var outputChannelCount: Int { layout == .mono ? 1 : max(1, info.sourceChannelCount) }

    /// The next samples, at most `limit` of each channel; empty at the end.
    func next(limit: Int) throws -> [Float] {
        var samples: [Float] = []
        samples.reserveCapacity(limit * outputChannelCount)
        while samples.count < limit * outputChannelCount {
            if let resampler {
                let isLast = waitingFrame != nil || end == .framesDecoded
                let room = limit - samples.count / outputChannelCount
                if try resampler.read(into: &samples, limit: room, isLast: isLast) > 0 { continue }
            }
            if let frame = waitingFrame {
                waitingFrame = nil
                resampler = try Resampler(like: frame, layout: layout)
                try resampler?.feed(frame)
            } else if end == .framesDecoded {
                break
            } else if let frame = try nextFrame() {
                try accept(frame)
            }
        }
        return samples
    }

    private func accept(_ frame: UnsafeMutablePointer<AVFrame>) throws {
        try Self.check(channelCount: Int(frame.pointee.ch_layout.nb_channels), maximum: maximumChannels)
        if layout == .separate, Int(frame.pointee.ch_layout.nb_channels) != info.sourceChannelCount {
            throw AudioError(
                .unsupportedFormat, "The number of channels changes within the recording: they can't be told apart.")
        }
        guard Resampler.sampleRatesHz.contains(frame.pointee.sample_rate) else {
            throw AudioError(
                .unsupportedFormat,
                "The recording has \(frame.pointee.sample_rate) samples per second, which is no rate for sound.")
        }
        if resampler?.form == Resampler.Form(frame) {
            try resampler?.feed(frame)
        } else {
            waitingFrame = frame
        }
    }

    private static func check(channelCount: Int, maximum: Int) throws {
        guard channelCount <= maximum else {
            throw AudioError(
                .tooManyChannels, "The recording has \(channelCount) channels; at most \(maximum) are accepted.")
        }
    }

    /// Decodes one frame with sound in it; nil when all are decoded.
    private func nextFrame() throws -> UnsafeMutablePointer<AVFrame>? {
        while end != .framesDecoded {
            do {
                if let frame = try decoder.receive() {
                    guard frame.pointee.nb_samples > 0, frame.pointee.ch_layout.nb_channels > 0 else { continue }
                    barrenPacketCount = 0
                    return frame
                }
                if end == .packetsRead {
                    end = .framesDecoded
                } else {
                    try sendNextPacket()
                }
            } catch {
                damagedPacketCount += 1
            }
            if barrenPacketCount > Self.maximumBarrenPackets { end = .framesDecoded }
        }
        return nil
    }

    /// Moves one packet from the container to the decoder.
    private func sendNextPacket() throws(FFmpegFailure) {
        do throws(FFmpegFailure) {
            try demuxer.read(into: packet)
        } catch {
            barrenPacketCount += 1
            if error.wantsAnotherTry { return }
            // What follows a place that can't be read is given up: readers give no way to go on from there.
            end = .packetsRead
            try decoder.send(nil)
            if !error.isEndOfFile { throw error }
            return
        }
        defer { av_packet_unref(packet) }
        guard packet.pointee.stream_index == streamIndex else { return }
        barrenPacketCount += 1
        try decoder.send(packet)
    }
}

extension UnsafeMutablePointer<AVStream> {
    /// Length that the header claims for the track, in seconds.
    fileprivate var claimedDurationSeconds: Double? {
        guard pointee.duration > 0, pointee.duration != cffmpeg_no_timestamp() else { return nil }
        return Double(pointee.duration) * av_q2d(pointee.time_base)
    }
}
