import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

struct DecodingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func describesTheRecording() throws {
        let silence = [Float](repeating: 0, count: 44_100)
        let path = try folder.write("a.wav", WAVFile.bytes(channels: [silence, silence], sampleRateHz: 44_100))
        let info = try FFmpegDecoder().open(AudioInput(path: path, displayName: "a.wav"), track: nil).info
        #expect(
            info
                == AudioInfo(
                    container: "wav", codec: "pcm_s16le", sourceSampleRateHz: 44_100, sourceChannelCount: 2,
                    trackCount: 1, claimedDurationSeconds: 1))
    }

    @Test func sixteenKilohertzMonoIsLeftAsItIs() throws {
        let sound = TestSound.samples(sampleRateHz: 16_000)
        let samples = try decode(try folder.write("a.wav", WAVFile.bytes(channels: [sound])))
        #expect(samples.count == sound.count)
        #expect(zip(samples, sound).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 32])
    func aVoiceOnAllChannelsKeepsItsLevel(channelCount: Int) throws {
        let sound = TestSound.samples(sampleRateHz: 16_000)
        let path = try folder.write(
            "a.wav", WAVFile.bytes(channels: Array(repeating: sound, count: channelCount)))
        let samples = try decode(path)
        #expect(samples.count == sound.count)
        #expect(zip(samples, sound).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func aVoiceOnOneOfTwoChannelsIsHeard() throws {
        let sound = TestSound.samples(sampleRateHz: 16_000)
        let silence = [Float](repeating: 0, count: sound.count)
        let samples = try decode(try folder.write("a.wav", WAVFile.bytes(channels: [silence, sound])))
        #expect(zip(samples, sound).allSatisfy { abs($0 - $1 / 2) < 1e-3 })
    }

    @Test func damagedFloatsBecomeSilence() throws {
        let floats: [Float] = [.nan, .infinity, -.infinity, 0.25, 7, -7, .greatestFiniteMagnitude, -0.5]
        let data = floats.flatMap { WAVFile.little($0.bitPattern) }
        let path = try folder.write("a.wav", WAVFile.bytes(data: data, bitsPerSample: 32, formatTag: 3))
        #expect(try decode(path) == [0, 0, 0, 0.25, 1, -1, 1, -0.5])
        let many = Array([[UInt8]](repeating: data, count: 100).joined())
        let fast = try folder.write(
            "b.wav", WAVFile.bytes(data: many, sampleRateHz: 48_000, bitsPerSample: 32, formatTag: 3))
        let samples = try decode(fast)
        #expect(!samples.isEmpty && samples.allSatisfy { $0.isFinite && abs($0) <= 1 })
    }

    @Test(arguments: [0, 2, 100, UInt32.max, UInt32.max - 36, 0x8000_0000] as [UInt32])
    func aHeaderThatLiesAboutTheLengthWorks(claimed: UInt32) throws {
        let sound = TestSound.samples(sampleRateHz: 16_000)
        let truth = WAVFile.bytes(channels: [sound])
        let bytes = WAVFile.bytes(data: Array(truth.dropFirst(44)), claimedByteCount: claimed)
        let samples = try decode(try folder.write("a.wav", bytes))
        // A header that claims less is believed, as every player does; one that claims more gets what there is.
        let expected = (1...1_000).contains(claimed) ? Int(claimed) / 2 : sound.count
        #expect(abs(samples.count - expected) <= 1, "\(samples.count)")
    }

    @Test func aFileCutOffGivesItsFirstPart() throws {
        let bytes = WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000)])
        #expect(try decode(try folder.write("a.wav", bytes.prefix(44 + 32_001))).count == 16_000)
    }

    @Test(.enabled(if: ffmpeg != nil, ffmpegHint), arguments: ["a.mp3", "a.flac", "a.ogg", "a.aac", "a.webm", "a.ts"])
    func aCompressedFileCutOffGivesItsFirstPart(file: String) throws {
        let path = try compressed(file)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let whole = try decode(path).count
        let half = try decode(try folder.write("cut-" + file, bytes.prefix(bytes.count / 2))).count
        #expect((whole / 6..<whole * 3 / 4).contains(half), "\(half) of \(whole)")
    }

    @Test(.enabled(if: ffmpeg != nil, ffmpegHint))
    func anMP4WithoutItsEndIsCorrupt() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: try compressed("a.m4a")))
        let error = audioError(try folder.write("cut.m4a", bytes.prefix(bytes.count / 2)))
        #expect(error?.code == .corrupt)
        #expect(error?.underlying?.contains("moov") == true, "\(String(describing: error))")
    }

    @Test(.enabled(if: ffmpeg != nil, ffmpegHint), arguments: ["a.mp3", "a.flac", "a.ogg", "a.aac"])
    func aDamagedMiddleIsLeftOut(file: String) throws {
        let path = try compressed(file)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let middle = (bytes.count / 2)..<(bytes.count / 2 + bytes.count / 10)
        for index in middle { bytes[index] = UInt8(truncatingIfNeeded: index &* 37) }
        let whole = try decode(path).count
        let rest = try decode(try folder.write("damaged-" + file, bytes)).count
        #expect((whole / 2...whole + 16_000).contains(rest), "\(rest) of \(whole)")
    }

    private func compressed(_ file: String) throws -> String {
        let source = try folder.write(
            "source.wav", WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000, seconds: 10)]))
        let path = folder.path(file)
        try ffmpeg?.run(["-v", "error", "-i", source, path])
        return path
    }

    @Test func limitsAreKept() throws {
        let path = try folder.write("a.wav", WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000)]))
        #expect(try decode(path, limits: DecodeLimits(maximumDuration: .seconds(3))).count == 48_000)
        #expect(audioError(path, limits: DecodeLimits(maximumDuration: .milliseconds(2_999)))?.code == .tooLong)
        #expect(audioError(path, limits: DecodeLimits(maximumBytes: 1_000))?.code == .tooLarge)
        #expect(audioError(path, limits: DecodeLimits(maximumChannels: 0))?.code == .tooManyChannels)
    }

    /// An hour, as a file with a hole in it that takes no space on disk.
    @Test func memoryDoesNotGrowWithTheLength() async {
        // In a process of its own: the other tests use memory too.
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let byteCount = 3_600 * 32_000
            let path = try folder.write("hour.wav", WAVFile.bytes(data: [], claimedByteCount: UInt32(byteCount)))
            #expect(truncate(path, 44 + byteCount) == 0)
            let reader = try FFmpegDecoder().open(AudioInput(path: path, displayName: "hour.wav"), track: nil)
            var sampleCount = try reader.next()?.count ?? 0
            let before = ResidentMemory.bytes()
            var growth = 0
            while let chunk = try reader.next() {
                sampleCount += chunk.count
                if sampleCount % 160_000 == 0 { growth = max(growth, ResidentMemory.bytes() - before) }
            }
            #expect(sampleCount == 3_600 * PCM.sampleRateHz)
            #expect(growth < 40 << 20, "grew by \(growth) bytes")
        }
    }
}
