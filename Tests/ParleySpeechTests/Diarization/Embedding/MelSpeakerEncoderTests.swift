import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

@Suite(.enabled(if: SpeakerEncoderFixture.isAvailable, SpeakerEncoderFixture.hint))
struct MelSpeakerEncoderTests {
    /// Reference: onnxruntime in Python on features of kaldi-native-fbank, or of torch and librosa.
    @Test(arguments: SpeakerEncoderFixture.names)
    func agreesWithTheReference(_ name: String) throws {
        let fixture = try SpeakerEncoderFixture.load()
        let encoder = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session(name))
        let window = SpeakerEncoderFixture.window(SpeakerEncoderFixture.signal(fixture.sampleCount))
        let own = try encoder.embeddings(of: [window], cancellation: CancellationFlag())
        let expected = try #require(fixture.vectors[name])
        #expect(own.count == 1 && own[0].count == 3)
        for (vector, reference) in zip(own[0], expected) {
            let vector = try #require(vector)
            #expect(vector.count == encoder.traits.dimension)
            let largest = zip(vector, reference).map { abs($0 - $1) }.max() ?? 1
            #expect(largest < 1e-4, "\(largest)")
        }
    }

    @Test(arguments: SpeakerEncoderFixture.names)
    func theCompanyOfABatchDoesNotMatter(_ name: String) throws {
        let encoder = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session(name))
        let signal = SpeakerEncoderFixture.signal(80_000)
        let windows = [0, 5_000, 9_600, 30_000].map {
            SpeakerEncoderFixture.window(Array(signal[$0..<($0 + 40_000)]))
        }
        let together = try encoder.embeddings(of: windows, cancellation: CancellationFlag())
        for (window, company) in zip(windows, together) {
            let alone = try encoder.embeddings(of: [window], cancellation: CancellationFlag())[0]
            for (first, second) in zip(alone, company) {
                let (first, second) = (try #require(first), try #require(second))
                let largest = zip(first, second).map { abs($0 - $1) }.max() ?? 1
                #expect(largest < 1e-5, "\(largest)")
            }
        }
    }

    @Test(arguments: SpeakerEncoderFixture.names)
    func voicesHeardTooBrieflyHaveNoVector(_ name: String) throws {
        let encoder = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session(name))
        let samples = SpeakerEncoderFixture.signal(16_000)
        let grid = FrameGrid(frameCount: 40, shiftSamples: 400, firstCentreSample: 200)
        let masks = [0, 1, 4, 40].map { count in (0..<40).map { $0 < count } }
        let windows = [
            MaskedWindow(samples: samples, grid: grid, masks: masks),
            MaskedWindow(samples: [], grid: grid, masks: masks),
            MaskedWindow(samples: samples, grid: grid, masks: []),
        ]
        let vectors = try encoder.embeddings(of: windows, cancellation: CancellationFlag())
        #expect(
            vectors.map { $0.map { $0 != nil } } == [[false, false, false, true], [false, false, false, false], []])
    }

    @Test func oddSamplesGiveNoVectorRatherThanNonsense() throws {
        let encoder = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session("wespeaker"))
        for odd in [Float.nan, .infinity, .greatestFiniteMagnitude] {
            var samples = SpeakerEncoderFixture.signal(16_000)
            samples[8_000] = odd
            let vectors = try encoder.embeddings(
                of: [SpeakerEncoderFixture.wholeWindow(samples)], cancellation: CancellationFlag())
            let isFinite = (vectors[0][0] ?? []).allSatisfy { $0.isFinite }
            #expect(isFinite)
        }
    }

    @Test func theNameTellsWeightsApart() throws {
        let names = try SpeakerEncoderFixture.names.map {
            try SpeakerEncoders.encoder(SpeakerEncoderFixture.session($0)).traits.id
        }
        #expect(Set(names).count == names.count)
        #expect(
            names.map { $0.split(separator: "-").dropLast().joined(separator: "-") } == [
                "wespeaker", "3d-speaker", "wespeaker", "nemo",
            ])
        let again = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session("plain")).traits.id
        #expect(again == names[2])
    }

    @Test func cancellationStops() throws {
        let encoder = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session("plain"))
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: CancellationError.self) {
            try encoder.embeddings(
                of: [SpeakerEncoderFixture.wholeWindow(SpeakerEncoderFixture.signal(16_000))], cancellation: flag)
        }
    }
}
