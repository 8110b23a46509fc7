import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

struct ChannelReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func channels(_ path: String, limits: DecodeLimits = DecodeLimits()) throws -> [[Float]] {
        let reader = try FFmpegDecoder(limits: limits)
            .openChannels(AudioInput(path: path, displayName: "a.wav"), track: nil)
        var channels = [[Float]](repeating: [], count: reader.info.sourceChannelCount)
        while let chunk = try reader.next() {
            #expect(chunk.count == channels.count && Set(chunk.map(\.count)).count == 1)
            #expect((1...PCM.sampleRateHz).contains(chunk[0].count))
            for index in channels.indices { channels[index] += chunk[index] }
        }
        return channels
    }

    @Test(arguments: [2, 3, 6, 8, 32]) func channelsStayApart(count: Int) throws {
        let sound = TestSound.samples(sampleRateHz: 16_000)
        let sources = (0..<count).map { channel in sound.map { $0 * Float(channel + 1) / Float(count) } }
        let decoded = try channels(try folder.write("a.wav", WAVFile.bytes(channels: sources)))
        #expect(decoded.count == count)
        for (one, other) in zip(decoded, sources) {
            #expect(one.count == other.count)
            #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-3 })
        }
    }

    @Test func otherRatesAreResampled() throws {
        let sound = TestSound.samples(sampleRateHz: 44_100)
        let silence = [Float](repeating: 0, count: sound.count)
        let decoded = try channels(
            try folder.write("a.wav", WAVFile.bytes(channels: [silence, sound], sampleRateHz: 44_100)))
        #expect(abs(decoded[0].count - 48_000) <= 1)
        #expect(decoded[0].allSatisfy { $0 == 0 })
        let expected = TestSound.samples(sampleRateHz: 16_000)
        #expect(TestSound.bestCorrelation(decoded[1], expected, maximumLag: 40) > 0.99)
    }

    @Test func oneChannelIsRefused() throws {
        let path = try folder.write("a.wav", WAVFile.bytes(channels: [TestSound.samples(sampleRateHz: 16_000)]))
        let error = #expect(throws: AudioError.self) { _ = try channels(path) }
        #expect(error?.code == .tooFewChannels)
    }

    @Test func moreChannelsThanAllowedAreRefused() throws {
        let silence = [Float](repeating: 0, count: 1_600)
        let path = try folder.write("a.wav", WAVFile.bytes(channels: Array(repeating: silence, count: 5)))
        let error = #expect(throws: AudioError.self) {
            _ = try channels(path, limits: DecodeLimits(maximumChannels: 4))
        }
        #expect(error?.code == .tooManyChannels)
    }
}
