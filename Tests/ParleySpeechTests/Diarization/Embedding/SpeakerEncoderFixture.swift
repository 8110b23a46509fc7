import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// The committed networks of random weights; `scripts/fixtures/make_speaker_encoders.py` wrote them and their vectors.
struct SpeakerEncoderFixture: Decodable {
    static let isAvailable = TestEnvironment.onnxRuntimePath != nil
    static let hint: Comment = "needs ONNX Runtime: set PARLEY_ONNXRUNTIME to libonnxruntime.so, or run the set-up"
    static let names = ["wespeaker", "threed_speaker", "plain", "nemo"]
    private static let folder = "Tests/ParleySpeechTests/Fixtures/SpeakerEncoders"

    var sampleCount: Int
    /// Of each network: the vectors of ``masks``.
    var vectors: [String: [[Float]]]

    static func load() throws -> Self {
        try JSONDecoder().decode(Self.self, from: Data(RepositoryFile.text("\(folder)/vectors.json").utf8))
    }

    static func path(_ name: String) -> String { RepositoryFile.path("\(folder)/\(name).onnx") }

    static func session(_ name: String) throws -> OnnxSession { try session(path: path(name)) }

    static func session(path: String) throws -> OnnxSession {
        try OnnxRuntime.load(libraryPath: #require(TestEnvironment.onnxRuntimePath)).loadModel(
            path: path, name: "speaker_encoder")
    }

    /// The signal of the script.
    static func signal(_ count: Int) -> [Float] {
        var state: UInt64 = 1
        return (0..<count).map { index in
            state = (state * 1_664_525 + 1_013_904_223) % (1 << 32)
            let noise = Double(state) / 4_294_967_296 - 0.5
            let period = index / 12_000 % 2 == 0 ? 128 : 71
            return Float(0.02 * noise + 0.4 * (Double(index % period) / Double(period) - 0.5))
        }
    }

    /// A window with the script's three choices of frames: all, and two patterns of half-seconds.
    static func window(_ samples: [Float]) -> MaskedWindow {
        let grid = FrameGrid(frameCount: samples.count / 400, shiftSamples: 400, firstCentreSample: 200)
        let frames = 0..<grid.frameCount
        return MaskedWindow(
            samples: samples, grid: grid,
            masks: [frames.map { _ in true }, frames.map { $0 / 20 % 2 == 0 }, frames.map { $0 / 20 % 3 == 1 }])
    }

    /// A window of one voice that is heard all the time.
    static func wholeWindow(_ samples: [Float]) -> MaskedWindow {
        let grid = FrameGrid(frameCount: max(1, samples.count / 160), shiftSamples: 160, firstCentreSample: 80)
        return MaskedWindow(
            samples: samples, grid: grid, masks: [[Bool](repeating: true, count: grid.frameCount)])
    }
}

/// Cosine of the angle between two vectors.
func cosine(_ first: [Float], _ second: [Float]) -> Float {
    let dot = zip(first, second).reduce(Float(0)) { $0 + $1.0 * $1.1 }
    func length(_ vector: [Float]) -> Float { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return dot / max(length(first) * length(second), .leastNormalMagnitude)
}
