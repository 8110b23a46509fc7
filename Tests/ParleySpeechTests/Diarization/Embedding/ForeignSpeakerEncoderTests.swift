import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// Networks of another kind, and files that say what is not so: refused with a sentence, never a crash.
@Suite(.enabled(if: SpeakerEncoderFixture.isAvailable, SpeakerEncoderFixture.hint))
struct ForeignSpeakerEncoderTests {
    private static func value(_ name: String, _ axes: [OnnxGraph.Axis], _ type: ElementType = .float32)
        -> OnnxGraph.Value
    { OnnxGraph.Value(name: name, type: type, shape: axes) }

    /// A network that hands its input through.
    private static func session(
        input: String = "feats", shape: [OnnxGraph.Axis] = [.named("B"), .named("T"), .fixed(80)],
        type: ElementType = .float32, output: String = "embs", metadata: [String: String] = [:]
    ) throws -> OnnxSession {
        let graph = OnnxGraph(
            nodes: [OnnxGraph.Node(type: "Identity", inputs: [input], outputs: [output])],
            inputs: [value(input, shape, type)], outputs: [value(output, shape, type)])
        return try OnnxRuntime.load(libraryPath: #require(TestEnvironment.onnxRuntimePath)).loadModel(
            bytes: graph.model(metadata: metadata), name: "speaker_encoder")
    }

    private static func refusal(_ session: OnnxSession) throws -> InferenceError? {
        do {
            _ = try SpeakerEncoders.encoder(session)
            return nil
        } catch {
            return error
        }
    }

    @Test func strangersAreRefused() throws {
        let speakers = ["framework": "wespeaker"]
        let sessions = [
            try Self.session(input: "x", output: "y"),
            try Self.session(metadata: ["framework": "speechbrain"]),
            try Self.session(metadata: ["kind": "ge2e", "n_mels": "40"]),
            try Self.session(metadata: speakers),
            try Self.session(),
            try Self.session(shape: [.named("B"), .fixed(200), .fixed(80)]),
            try Self.session(shape: [.named("B"), .named("T"), .fixed(40)]),
            try Self.session(shape: [.fixed(4), .named("T"), .fixed(80)]),
            try Self.session(shape: [.named("B"), .fixed(80)]),
            try Self.session(type: .int64, metadata: speakers),
            try Self.session(metadata: speakers.merging(["sample_rate": "8000"]) { $1 }),
            try Self.session(metadata: speakers.merging(["sample_rate": "many"]) { $1 }),
            try Self.session(metadata: speakers.merging(["output_dim": "256"]) { $1 }),
            try Self.session(metadata: speakers.merging(["output_dim": "-1"]) { $1 }),
            try Self.session(metadata: speakers.merging(["feature_normalize_type": "global"]) { $1 }),
            try Self.session(metadata: speakers.merging(["normalize_samples": "2"]) { $1 }),
            try Self.session(metadata: ["framework": "nemo"]),
        ]
        for session in sessions {
            let error = try Self.refusal(session)
            #expect(error?.code == .modelForeign, "\(session.metadata) \(session.inputs)")
            let message = error?.message ?? ""
            #expect(message.hasSuffix("."))
        }
    }

    /// Damage anywhere in a file: an error with a code, or an encoder whose vectors are of the right size.
    @Test(arguments: SpeakerEncoderFixture.names)
    func damagedFilesAreNoCrash(_ name: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: SpeakerEncoderFixture.path(name))))
        let window = SpeakerEncoderFixture.wholeWindow(SpeakerEncoderFixture.signal(16_000))
        var random = SplitMix64(seed: 7)
        for round in 0..<32 {
            var damaged = bytes
            if round % 4 == 0 {
                damaged = Array(bytes.prefix(Int.random(in: 1..<bytes.count, using: &random)))
            } else {
                // The structure is at both ends, the weights between them.
                for _ in 0..<4 {
                    let place = Int.random(in: 0..<1_500, using: &random)
                    let index = Bool.random(using: &random) ? place : bytes.count - 1 - place
                    damaged[index] = UInt8.random(in: .min ... .max, using: &random)
                }
            }
            let path = folder.url.appendingPathComponent("\(round).onnx").path
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            do {
                let encoder = try SpeakerEncoders.encoder(SpeakerEncoderFixture.session(path: path))
                let vectors = try encoder.embeddings(of: [window], cancellation: CancellationFlag())
                #expect(vectors[0][0].map { $0.count == encoder.traits.dimension } ?? true)
            } catch let error as InferenceError {
                #expect(!error.message.isEmpty)
            }
        }
    }

    @Test func aFolderWithOneFileIsEnough() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path
        #expect(throws: InferenceError.self) { try SpeakerEncoders.file(at: path) }
        let file = folder.url.appendingPathComponent("model.onnx")
        try Data([1]).write(to: file)
        try Data([1]).write(to: folder.url.appendingPathComponent("README.md"))
        #expect(try SpeakerEncoders.file(at: path) == file.path)
        #expect(try SpeakerEncoders.file(at: file.path) == file.path)
        #expect(try SpeakerEncoders.file(at: path + "/none.onnx") == path + "/none.onnx")
        try Data([1]).write(to: folder.url.appendingPathComponent("model.int8.onnx"))
        #expect(throws: InferenceError.self) { try SpeakerEncoders.file(at: path) }
    }
}
