import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

/// Whether the library is here; without it the tests are skipped with this line.
let hasOnnxRuntime = TestEnvironment.onnxRuntimePath != nil
let onnxRuntimeHint: Comment = "needs ONNX Runtime: set PARLEY_ONNXRUNTIME to libonnxruntime.so, or run the set-up"

/// The runtime and a folder for model files.
struct InferenceFixture {
    let runtime: OnnxRuntime
    let folder: TemporaryFolder

    init() throws {
        let path = try #require(TestEnvironment.onnxRuntimePath)
        runtime = try OnnxRuntime.load(libraryPath: path)
        folder = try TemporaryFolder()
    }

    /// Loads a model made by a test.
    func load(_ graph: OnnxGraph, metadata: [String: String] = [:]) throws -> OnnxSession {
        let path = try folder.write("\(UUID().uuidString).onnx", graph.model(metadata: metadata))
        return try runtime.loadModel(path: path, name: "test-model")
    }
}

/// The error that a body throws, when it is one of inference.
func inferenceError(_ body: () throws -> Void) -> InferenceError? {
    do {
        try body()
        return nil
    } catch {
        return error as? InferenceError
    }
}
