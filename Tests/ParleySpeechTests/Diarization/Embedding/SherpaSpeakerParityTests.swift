import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// A trained network beside sherpa-onnx on real speech; `scripts/parity/speaker_vectors.py` wrote its vectors.
@Suite(.enabled(if: SpeakerEncoderFixture.isAvailable, SpeakerEncoderFixture.hint))
struct SherpaSpeakerParityTests {
    struct Reference: Decodable {
        var model: String
        var vectors: [String: [Float]]
    }
    static let hint: Comment = "needs the recordings and networks of PARLEY_TEST_DATA"
    private static let reference = Result {
        try JSONDecoder().decode(
            Reference.self,
            from: Data(
                RepositoryFile.text("Tests/ParleySpeechTests/Fixtures/SpeakerEncoders/sherpa_vectors.json").utf8))
    }

    private static func samples(_ path: String) throws -> [Float] {
        let reader = try FFmpegDecoder().open(AudioInput(path: path, displayName: "clip"), track: nil)
        var samples: [Float] = []
        while let piece = try reader.next() { samples += piece }
        return samples
    }

    /// With sherpa-onnx's features the vectors are its own; with those of the training they stay near.
    @Test(.enabled(if: TestEnvironment.testData != nil, hint)) func agreesWithSherpa() throws {
        let root = try #require(TestEnvironment.testData)
        let reference = try Self.reference.get()
        let session = try SpeakerEncoderFixture.session(path: "\(root)/\(reference.model)")
        let own = try MelSpeakerEncoder(session: session)
        #expect(own.traits.dimension == 64)
        #expect(own.traits.acceptance == 0.80, "the lines measured for these weights")
        var layout = try SpeakerNetworkLayout(session)
        layout.features = SpeakerFeatures(
            frames: .kaldi(KaldiFbank(window: .povey, snipsEdges: false, highestHz: 7_600)), normalization: .none)
        let alike = try MelSpeakerEncoder(session: session, layout: layout)
        #expect(reference.vectors.count == 5)
        for (clip, expected) in reference.vectors {
            let window = SpeakerEncoderFixture.wholeWindow(try Self.samples("\(root)/\(clip)"))
            let flag = CancellationFlag()
            let same = try #require(try alike.embeddings(of: [window], cancellation: flag)[0][0])
            #expect(cosine(same, expected) > 0.9999, "\(clip): \(cosine(same, expected))")
            let near = try #require(try own.embeddings(of: [window], cancellation: flag)[0][0])
            #expect(cosine(near, expected) > 0.85, "\(clip): \(cosine(near, expected))")
        }
    }
}
