import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

/// Every common way to store a recording comes out as the same sound.
@Suite(.enabled(if: ffmpeg != nil, ffmpegHint))
struct FormatTests {
    struct Format: CustomTestStringConvertible, Sendable {
        var file: String
        var arguments: [String] = []
        var sampleRateHz = 44_100
        var channelCount = 1
        /// Least correlation with the sound that went in.
        var correlation: Float = 0.99
        /// Samples at 16 kHz by which the sound may be moved: more where the container says nothing about the
        /// encoder's delay.
        var maximumLag = 8
        /// Seconds by which the length may differ.
        var durationTolerance = 0.001
        var testDescription: String {
            "\(file) \(sampleRateHz) Hz \(channelCount) ch \(arguments.joined(separator: " "))"
        }
    }

    static let video = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=3", "-map", "0:a", "-map", "1:v"]
    static let formats: [Format] = [
        Format(file: "a.wav", sampleRateHz: 16_000, correlation: 0.9999, maximumLag: 0),
        Format(file: "a.wav", sampleRateHz: 8_000, channelCount: 2),
        Format(file: "a.wav", sampleRateHz: 48_000, channelCount: 8),
        Format(file: "a.wav", sampleRateHz: 96_000, channelCount: 6),
        Format(file: "float.wav", arguments: ["-c:a", "pcm_f32le"], channelCount: 2),
        Format(file: "double.wav", arguments: ["-c:a", "pcm_f64le"]),
        Format(file: "u8.wav", arguments: ["-c:a", "pcm_u8"]),
        Format(file: "s24.wav", arguments: ["-c:a", "pcm_s24le"]),
        Format(file: "mulaw.wav", arguments: ["-c:a", "pcm_mulaw"], sampleRateHz: 8_000),
        Format(file: "alaw.wav", arguments: ["-c:a", "pcm_alaw"], sampleRateHz: 8_000),
        Format(file: "adpcm.wav", arguments: ["-c:a", "adpcm_ima_wav"], durationTolerance: 0.1),
        Format(file: "rf64.wav", arguments: ["-rf64", "always"]),
        Format(file: "a.w64"), Format(file: "a.aiff"), Format(file: "a.caf"), Format(file: "a.voc"),
        Format(file: "mulaw.au", arguments: ["-c:a", "pcm_mulaw"], sampleRateHz: 8_000),
        Format(file: "a.flac", channelCount: 2), Format(file: "a.flac", sampleRateHz: 96_000, channelCount: 8),
        Format(file: "a.wv", channelCount: 2), Format(file: "a.tta"),
        Format(file: "a.mp3", arguments: ["-b:a", "64k"], durationTolerance: 0.05),
        Format(file: "a.mp3", arguments: ["-b:a", "128k"], channelCount: 2, durationTolerance: 0.05),
        Format(file: "a.mp3", arguments: ["-b:a", "24k"], sampleRateHz: 16_000, durationTolerance: 0.1),
        Format(file: "a.m4a", arguments: ["-c:a", "aac"], channelCount: 2, durationTolerance: 0.05),
        Format(file: "front.m4a", arguments: ["-c:a", "aac", "-movflags", "faststart"], durationTolerance: 0.05),
        Format(
            file: "fragments.mp4", arguments: ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"],
            correlation: 0.95, maximumLag: 1_200, durationTolerance: 0.15),
        Format(file: "alac.m4a", arguments: ["-c:a", "alac"], channelCount: 2),
        Format(file: "a.aac", correlation: 0.95, maximumLag: 1_200, durationTolerance: 0.15),
        Format(file: "a.ogg", arguments: ["-c:a", "libvorbis"], channelCount: 2, durationTolerance: 0.05),
        Format(file: "a.opus", sampleRateHz: 48_000, channelCount: 2, correlation: 0.95, durationTolerance: 0.05),
        Format(
            file: "a.webm", arguments: ["-c:a", "libopus"], sampleRateHz: 48_000, correlation: 0.95,
            durationTolerance: 0.05),
        Format(
            file: "speex.ogg", arguments: ["-c:a", "libspeex"], sampleRateHz: 16_000, correlation: 0.5,
            maximumLag: 1_000, durationTolerance: 0.1),
        Format(file: "a.mka", arguments: ["-c:a", "flac"]),
        Format(
            file: "a.ac3", sampleRateHz: 48_000, channelCount: 6, correlation: 0.97, maximumLag: 300,
            durationTolerance: 0.1),
        Format(file: "a.wma", correlation: 0.95, maximumLag: 2_000, durationTolerance: 0.3),
        Format(file: "video.mkv", arguments: video + ["-c:a", "libvorbis", "-c:v", "mpeg4"], durationTolerance: 0.05),
        Format(file: "video.mp4", arguments: video + ["-c:a", "aac", "-c:v", "mpeg4"], durationTolerance: 0.05),
        Format(file: "video.mov", arguments: video + ["-c:a", "pcm_s16le", "-c:v", "mpeg4"]),
        Format(
            file: "video.avi", arguments: video + ["-c:a", "mp3", "-c:v", "mpeg4"], correlation: 0.95,
            maximumLag: 1_200,
            durationTolerance: 0.15),
        Format(
            file: "video.flv", arguments: video + ["-c:a", "aac", "-c:v", "flv"], correlation: 0.95, maximumLag: 1_200,
            durationTolerance: 0.15),
        Format(
            file: "video.ts", arguments: video + ["-c:a", "aac", "-c:v", "mpeg2video", "-r", "25"],
            correlation: 0.95, maximumLag: 1_200, durationTolerance: 0.15),
        Format(
            file: "video.mpg", arguments: video + ["-c:a", "mp2", "-c:v", "mpeg2video", "-r", "25"],
            correlation: 0.95, maximumLag: 1_200, durationTolerance: 0.15),
    ]

    @Test(arguments: formats)
    func soundSurvives(_ format: Format) throws {
        let folder = try TemporaryFolder()
        let sound = TestSound.samples(sampleRateHz: format.sampleRateHz)
        let source = try folder.write(
            "source.wav",
            WAVFile.bytes(
                channels: Array(repeating: sound, count: format.channelCount), sampleRateHz: format.sampleRateHz))
        let path = folder.path("out-" + format.file)
        try ffmpeg?.run(["-v", "error", "-i", source] + format.arguments + [path])
        let reader = try FFmpegDecoder().open(AudioInput(path: path, displayName: format.file), track: nil)
        #expect(reader.info.trackCount == 1)
        #expect(reader.info.sourceChannelCount == format.channelCount || format.file == "speex.ogg")
        let samples = try decode(path)
        let expected = TestSound.samples(sampleRateHz: PCM.sampleRateHz)
        #expect(abs(PCM.seconds(sampleCount: samples.count) - 3) <= format.durationTolerance, "\(samples.count)")
        let correlation = TestSound.bestCorrelation(samples, expected, maximumLag: format.maximumLag)
        #expect(correlation >= format.correlation, "\(correlation)")
        let level = rootMeanSquare(samples) / rootMeanSquare(expected)
        #expect((0.8...1.2).contains(level), "level \(level)")
    }

    private func rootMeanSquare(_ samples: [Float]) -> Float {
        (samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))).squareRoot()
    }

    @Test func tracksAreChosenByIndex() throws {
        let folder = try TemporaryFolder()
        let sound = try folder.write(
            "sound.wav", WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000)]))
        let silence = try folder.write(
            "silence.wav", WAVFile.bytes(channels: [[Float](repeating: 0, count: 32_000)]))
        let path = folder.path("two.mkv")
        try ffmpeg?.run(
            ["-v", "error", "-i", silence, "-i", sound, "-map", "0:a", "-map", "1:a", "-c:a", "flac", path])
        #expect(try decode(path).max() == 0)
        #expect(try decode(path, track: 0).max() == 0)
        #expect((try decode(path, track: 1).max() ?? 0) > 0.4)
        for track in [2, -1, .max] { #expect(audioError(path, track: track)?.code == .noAudioTrack) }
    }

    /// A stream whose rate and channels change on the way, as two recordings one after the other make it.
    @Test func theFormMayChangeOnTheWay() throws {
        let folder = try TemporaryFolder()
        var joined: [UInt8] = []
        for (index, rate) in [16_000, 48_000].enumerated() {
            let sound = TestSound.samples(sampleRateHz: rate)
            let source = try folder.write(
                "\(index).wav",
                WAVFile.bytes(channels: Array(repeating: sound, count: index + 1), sampleRateHz: rate))
            let part = folder.path("\(index).ogg")
            try ffmpeg?.run(["-v", "error", "-i", source, "-c:a", "libvorbis", part])
            joined += try Data(contentsOf: URL(fileURLWithPath: part))
        }
        let samples = try decode(try folder.write("joined.ogg", joined))
        #expect(abs(PCM.seconds(sampleCount: samples.count) - 6) < 0.2, "\(samples.count)")
        let expected = TestSound.samples(sampleRateHz: PCM.sampleRateHz)
        let second = Array(samples.suffix(expected.count))
        #expect(TestSound.bestCorrelation(second, expected, maximumLag: 2_000) > 0.95)
    }
}
