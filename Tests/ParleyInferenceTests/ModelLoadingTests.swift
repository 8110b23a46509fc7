import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

@Suite(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
struct ModelLoadingTests {
    @Test func describesTheModel() throws {
        let session = try InferenceFixture().load(.addition, metadata: ["family": "test", "empty": ""])
        #expect(session.name == "test-model")
        #expect(
            session.inputs == [
                TensorDescription(name: "a", elementType: .float32, shape: [-1, 4]),
                TensorDescription(name: "b", elementType: .float32, shape: [-1, 4]),
            ])
        #expect(session.outputs == [TensorDescription(name: "sum", elementType: .float32, shape: [-1, 4])])
        #expect(session.metadata == ["family": "test", "empty": ""])
    }

    @Test func everyOptionLoads() throws {
        let fixture = try InferenceFixture()
        let path = try fixture.folder.write("model.onnx", OnnxGraph.addition.model())
        for level in SessionOptions.GraphOptimization.allCases {
            let options = SessionOptions(graphOptimization: level, usesMemoryPattern: true, usesCPUArena: false)
            let session = try fixture.runtime.loadModel(path: path, name: "test-model", options: options)
            let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 4])
            #expect(try session.run(["a": ones, "b": ones])["sum"]?.float32s == [2, 2, 2, 2])
        }
    }

    struct BadFile: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var code: InferenceError.Code = .modelCorrupt
        var says = "damaged"
        var testDescription: String { name }
    }

    static let badFiles: [BadFile] = [
        BadFile(name: "empty", bytes: [], says: "empty"),
        BadFile(name: "zeros", bytes: [UInt8](repeating: 0, count: 4_096)),
        BadFile(name: "ones", bytes: [UInt8](repeating: 0xff, count: 4_096)),
        BadFile(name: "text", bytes: Array("hello, world\n".utf8), says: "text file"),
        BadFile(name: "zip", bytes: Array("PK\u{3}\u{4}archive/data.pkl".utf8), says: "zip"),
        BadFile(name: "web page", bytes: Array("<!DOCTYPE html><html></html>".utf8), says: "web page"),
        BadFile(
            name: "pointer", bytes: Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8),
            says: "Git LFS"),
        BadFile(name: "GGUF", bytes: Array("GGUF".utf8) + [3, 0, 0, 0], says: "GGUF"),
        BadFile(name: "first half", bytes: Array(OnnxGraph.addition.model().prefix(60))),
        BadFile(name: "no graph", bytes: [0x08, 0x08]),
        BadFile(name: "damaged middle", bytes: damaged),
        BadFile(name: "dangling input", bytes: dangling.model()),
        BadFile(name: "unknown operator", bytes: unknown.model(), code: .libraryIncompatible, says: "newer"),
        BadFile(
            name: "operators of the future", bytes: OnnxGraph.addition.model(operatorSet: 9_000),
            code: .libraryIncompatible, says: "newer"),
        BadFile(name: "deep nesting", bytes: nested),
    ]

    private static let damaged: [UInt8] = {
        var bytes = OnnxGraph.loop.model()
        for index in stride(from: 20, to: bytes.count, by: 7) { bytes[index] ^= 0x55 }
        return bytes
    }()

    private static let dangling = OnnxGraph(
        nodes: [.init(type: "Add", inputs: ["x", "nowhere"], outputs: ["y"])], inputs: [.init(name: "x")],
        outputs: [.init(name: "y")])

    private static let unknown = OnnxGraph(
        nodes: [.init(type: "NoSuchOperator", inputs: ["x"], outputs: ["y"])], inputs: [.init(name: "x")],
        outputs: [.init(name: "y")])

    /// Loops within loops, past the depth to which messages are read.
    private static let nested: [UInt8] = {
        var graph = OnnxGraph.addition
        for _ in 0..<200 {
            graph = OnnxGraph(
                nodes: [.init(type: "Loop", inputs: ["", ""], outputs: [], body: graph)], inputs: [], outputs: [])
        }
        return graph.model()
    }()

    @Test(arguments: badFiles)
    func aBadFileIsAnError(_ file: BadFile) throws {
        let fixture = try InferenceFixture()
        let path = try fixture.folder.write("bad.onnx", file.bytes)
        let error = try #require(
            inferenceError { _ = try fixture.runtime.loadModel(path: path, name: "test-model") })
        #expect(error.code == file.code, "\(error)")
        #expect(error.model == "test-model")
        #expect(error.message.contains(file.says), "\(error)")
        #expect(!error.message.contains(fixture.folder.url.path), "\(error)")
    }

    @Test(arguments: badFiles)
    func badBytesAreAnError(_ file: BadFile) throws {
        let runtime = try InferenceFixture().runtime
        let error = try #require(inferenceError { _ = try runtime.loadModel(bytes: file.bytes, name: "test-model") })
        #expect(error.code == file.code, "\(error)")
        #expect(error.model == "test-model")
        #expect(error.message.contains(file.says), "\(error)")
    }

    @Test func loadsFromMemory() throws {
        let runtime = try InferenceFixture().runtime
        let session = try runtime.loadModel(bytes: OnnxGraph.constant.model(), name: "test-model")
        #expect(try session.run([:])["out"]?.int64s == [7])
        #expect(session.device == .cpu)
    }

    /// One flipped byte after the other: whatever the library makes of it, the process goes on.
    @Test func flippedBytesNeverCrash() throws {
        let fixture = try InferenceFixture()
        let model = OnnxGraph.loop.model()
        for index in model.indices {
            var bytes = model
            bytes[index] ^= 0xa5
            let path = try fixture.folder.write("flipped.onnx", bytes)
            do {
                _ = try fixture.runtime.loadModel(path: path, name: "test-model")
            } catch {
                #expect([.modelCorrupt, .libraryIncompatible, .modelMissing].contains(error.code), "\(error)")
            }
        }
    }

    @Test func aMissingFileIsAnError() throws {
        let fixture = try InferenceFixture()
        for path in [fixture.folder.path("nothing.onnx"), fixture.folder.url.path, ""] {
            let error = inferenceError { _ = try fixture.runtime.loadModel(path: path, name: "test-model") }
            #expect(error?.code == .modelMissing, "\(path)")
        }
    }

    @Test func anotherKindOfModelIsForeign() throws {
        let session = try InferenceFixture().load(.addition)
        try session.require(inputs: ["a": .float32, "b": .float32], outputs: ["sum": .float32])
        #expect(inferenceError { try session.require(inputs: ["mel": .float32]) }?.code == .modelForeign)
        #expect(inferenceError { try session.require(outputs: ["sum": .int64]) }?.code == .modelForeign)
    }

    @Test func loadingAndUnloadingDoesNotLeak() async {
        // In a process of its own: the other tests use memory too.
        await #expect(processExitsWith: .success) {
            let fixture = try InferenceFixture()
            let path = try fixture.folder.write("model.onnx", OnnxGraph.product.model())
            let matrix = Tensor([Float](repeating: 1, count: 4_096), shape: [64, 64])
            func cycle() throws {
                let session = try fixture.runtime.loadModel(path: path, name: "test-model")
                _ = try session.run(["a": matrix, "b": matrix])
            }
            for _ in 0..<50 { try cycle() }
            let before = ResidentMemory.bytes()
            for _ in 0..<200 { try cycle() }
            let growth = ResidentMemory.bytes() - before
            #expect(growth < 16 << 20, "grew by \(growth) bytes")
        }
    }
}
