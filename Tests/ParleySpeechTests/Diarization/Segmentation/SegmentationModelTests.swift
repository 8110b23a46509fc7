import Foundation
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// Small random networks in the public layouts, against numpy (`scripts/fixtures/make_segmentation.py`).
@Suite(.enabled(if: TestEnvironment.onnxRuntimePath != nil, "needs ONNX Runtime: run the set-up"))
struct SegmentationModelTests {
    private struct Expected: Decodable {
        let frameCount: Int
        let everyTenth: [[Float]]
    }

    private static let folder = RepositoryFile.path("Tests/Fixtures/segmentation")

    private func model(_ name: String) throws -> SegmentationModel {
        let runtime = try OnnxRuntime.load(libraryPath: try #require(TestEnvironment.onnxRuntimePath))
        return try SegmentationModel(session: runtime.loadModel(path: "\(Self.folder)/\(name).onnx", name: name))
    }

    /// What the script makes, too.
    private var signal: [Float] {
        (0..<160_000).map { index in
            let noise = Float((index * 7_919) % 2_001 - 1_000) / 1_000
            let level: Float = (index / 16_000) % 2 == 0 ? 0.5 : 1.5
            return noise * level
        }
    }

    @Test(arguments: ["k2", "community"]) func bothLayoutsSayWhatNumpySays(_ name: String) throws {
        let model = try model(name)
        let expected = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: URL(fileURLWithPath: Self.folder + "/expected.json")))
        #expect(model.windowSampleCount == 160_000)
        #expect(model.localSpeakerCount == 3)
        #expect(model.frameCount == expected.frameCount)
        let posteriors = try model.posteriors([signal], cancellation: CancellationFlag())[0]
        #expect(posteriors.count == expected.frameCount * 3)
        for (row, values) in expected.everyTenth.enumerated() {
            for (speaker, value) in values.enumerated() {
                #expect(abs(posteriors[row * 30 + speaker] - value) < 1e-5, "frame \(row * 10), speaker \(speaker)")
            }
        }
    }

    @Test func aBatchSaysWhatEachWindowSays() throws {
        let model = try model("k2")
        let quiet = signal.map { $0 / 3 }
        let alone = try [signal, quiet].map { try model.posteriors([$0], cancellation: CancellationFlag())[0] }
        let together = try model.posteriors([signal, quiet, signal], cancellation: CancellationFlag())
        for (one, other) in zip(together, [alone[0], alone[1], alone[0]]) {
            #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func anotherNetworkIsRefused() throws {
        let path = try #require(TestEnvironment.bundledModel("silero_vad"))
        let runtime = try OnnxRuntime.load(libraryPath: try #require(TestEnvironment.onnxRuntimePath))
        let session = try runtime.loadModel(path: path, name: "other")
        #expect { try SegmentationModel(session: session) } throws: { ($0 as? InferenceError)?.code == .modelForeign }
    }

    @Test func setsComeInOrderOfTheirSize() {
        #expect(Powerset(speakerCount: 3, largestSet: 2).sets == [[], [0], [1], [2], [0, 1], [0, 2], [1, 2]])
        #expect(Powerset(speakerCount: 4, largestSet: 3).classCount == 15)
        #expect(Powerset(speakerCount: 1, largestSet: 1).sets == [[], [0]])
    }

    @Test func aSpeakerHasTheProbabilityOfTheirSets() {
        let powerset = Powerset(speakerCount: 3, largestSet: 2)
        let probabilities: [Float] = [0.1, 0.2, 0.05, 0.05, 0.3, 0.2, 0.1]
        let posteriors = powerset.speakerPosteriors(probabilities.map { log($0) + 7 })
        for (one, other) in zip(posteriors, [0.7, 0.45, 0.35] as [Float]) { #expect(abs(one - other) < 1e-6) }
        // Scores that are no numbers must not become numbers that look right.
        #expect(powerset.speakerPosteriors([Float](repeating: .nan, count: 7)) == [0, 0, 0])
    }
}
