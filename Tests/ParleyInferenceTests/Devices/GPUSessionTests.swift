import ParleyCore
import Testing

@testable import ParleyInference

/// Sessions on a GPU that is the processor: what goes to the library, and what comes back through bindings.
@Suite(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
struct GPUSessionTests {
    private func load(
        _ graph: OnnxGraph, on standIn: OnnxRuntimeStandIn, _ options: SessionOptions
    ) throws -> OnnxSession {
        try standIn.runtime.loadModel(bytes: graph.model(), name: "test-model", options: options)
    }

    @Test func asksForTheDevice() throws {
        let standIn = try OnnxRuntimeStandIn()
        let session = try load(.addition, on: standIn, SessionOptions(device: .cuda(3), memoryLimitBytes: 1 << 30))
        #expect(session.device == .cuda(3))
        #expect(
            try standIn.log() == [
                "cuda device_id=3", "cuda arena_extend_strategy=kSameAsRequested",
                "cuda cudnn_conv_algo_search=HEURISTIC", "cuda do_copy_in_default_stream=1",
                "cuda gpu_mem_limit=1073741824", "cuda use_tf32=0", "append cuda", "memory Cuda:3",
            ])
    }

    @Test func asksForEngines() throws {
        let standIn = try OnnxRuntimeStandIn()
        let options = SessionOptions(device: .tensorRT(1), precision: .float16, engineCacheFolder: "engines")
        _ = try load(.addition, on: standIn, options)
        let log = try standIn.log()
        #expect(
            log.filter { $0.hasPrefix("tensorrt") } == [
                "tensorrt device_id=1", "tensorrt trt_fp16_enable=1", "tensorrt trt_engine_cache_enable=1",
                "tensorrt trt_engine_cache_path=engines",
            ])
        #expect(log.filter { $0.hasPrefix("append") } == ["append tensorrt", "append cuda"])
    }

    @Test func theProcessorNeedsNoProvider() throws {
        let standIn = try OnnxRuntimeStandIn()
        let session = try load(.addition, on: standIn, SessionOptions())
        let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 4])
        #expect(try session.run(["a": ones, "b": ones])["sum"]?.float32s == [2, 2, 2, 2])
        #expect(try standIn.log() == [])
    }

    /// A cache stays on the GPU from step to step; only what is asked for comes back.
    @Test func keptOutputsFeedLaterRuns() throws {
        let standIn = try OnnxRuntimeStandIn()
        let session = try load(.cache, on: standIn, SessionOptions(device: .cuda(0)))
        var past = Tensor(zeros: .float32, shape: [0])
        for step in 0..<50 {
            let new = Tensor([Float(2 * step), Float(2 * step + 1)], shape: [2])
            past = try #require(try session.run(["past": past, "new": new], keptOnDevice: ["present"])["present"])
            #expect(past.isOnGPU)
            #expect(past.shape == [2 * step + 2])
            #expect(past.float32s.isEmpty)
        }
        let last = try session.run(["past": past, "new": Tensor([100, 101] as [Float], shape: [2])])["present"]
        #expect(last?.isOnGPU == false)
        #expect(last?.float32s == (0..<102).map(Float.init))
        #expect(try standIn.log().filter { $0 == "bound run on gpu" }.count == 51)
    }

    @Test func outputsComeBackUnderTheirNames() throws {
        let session = try load(.passThrough, on: try OnnxRuntimeStandIn(), SessionOptions(device: .cuda(0)))
        let input = Tensor([1, 2] as [Float], shape: [2])
        let both = try session.run(["x": input])
        #expect(both["x"]?.float32s == [1, 2])
        #expect(both["negated"]?.float32s == [-1, -2])
        let reversed = try session.run(["x": input], outputs: ["negated", "x"], keptOnDevice: ["negated"])
        #expect(reversed["x"]?.float32s == [1, 2])
        #expect(reversed["negated"]?.isOnGPU == true)
        #expect(try session.run(["x": input], outputs: ["negated"])["negated"]?.float32s == [-1, -2])
    }

    @Test func rowsAreSelectedOnTheGPU() throws {
        let standIn = try OnnxRuntimeStandIn()
        let session = try load(.cache, on: standIn, SessionOptions(device: .cuda(0)))
        let kept = try #require(
            try session.run(
                ["past": Tensor([5, 6] as [Float], shape: [2]), "new": Tensor([7, 8] as [Float], shape: [2])],
                keptOnDevice: ["present"])["present"])
        for device in [InferenceDevice.cuda(0), .tensorRT(0)] {
            let selector = try RowSelector(
                runtime: standIn.runtime, device: device, elementType: .float32, rank: 1, axis: 0)
            let selected = try #require(try selector.select([3, 1, 1], of: [kept]).first)
            #expect(selected.isOnGPU)
            let new = Tensor([0, 0] as [Float], shape: [2])
            #expect(try session.run(["past": selected, "new": new])["present"]?.float32s == [8, 6, 6, 0, 0])
        }
        #expect(!(try standIn.log().contains { $0.hasPrefix("append tensorrt") }))
    }

    @Test func anotherDeviceRefusesATensorOfAGPU() throws {
        let standIn = try OnnxRuntimeStandIn()
        let new = Tensor([1, 2] as [Float], shape: [2])
        let onFirst = try load(.cache, on: standIn, SessionOptions(device: .cuda(0)))
        let kept = try #require(
            try onFirst.run(["past": new, "new": new], keptOnDevice: ["present"])["present"])
        for device in [InferenceDevice.cpu, .cuda(1)] {
            let other = try load(.cache, on: standIn, SessionOptions(device: device))
            let error = inferenceError { _ = try other.run(["past": kept, "new": new]) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("memory of GPU 0; the model runs on \(device)") == true)
        }
        let beside = try load(.cache, on: standIn, SessionOptions(device: .tensorRT(0)))
        #expect(try beside.run(["past": kept, "new": new])["present"]?.float32s == [1, 2, 1, 2, 1, 2])
    }

    @Test func cancellingReachesABoundRun() throws {
        let session = try load(.addition, on: try OnnxRuntimeStandIn(), SessionOptions(device: .cuda(0)))
        let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 4])
        let flag = CancellationFlag()
        #expect(try session.run(["a": ones, "b": ones], cancellation: flag)["sum"]?.float32s == [2, 2, 2, 2])
        flag.cancel()
        #expect(throws: CancellationError.self) { _ = try session.run(["a": ones, "b": ones], cancellation: flag) }
    }

    @Test func failuresOfTheDeviceAreNotFailuresOfTheModel() throws {
        for (fault, code) in [
            (OnnxRuntimeStandIn.Fault.lacksCuDNN, InferenceError.Code.deviceUnavailable),
            (.driverTooOld, .deviceUnavailable), (.outOfMemory, .outOfMemory),
        ] {
            let standIn = try OnnxRuntimeStandIn(fault)
            let error = inferenceError {
                _ = try load(.addition, on: standIn, SessionOptions(device: .cuda(0)))
            }
            #expect(error?.code == code)
            #expect(inferenceError { _ = try load(.addition, on: standIn, SessionOptions()) } == nil)
        }
        let runsFail = try load(.addition, on: try OnnxRuntimeStandIn(.runsFail), SessionOptions(device: .cuda(0)))
        let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 4])
        #expect(inferenceError { _ = try runsFail.run(["a": ones, "b": ones]) }?.code == .runFailed)
        let standIn = try OnnxRuntimeStandIn()
        let error = inferenceError {
            _ = try standIn.runtime.loadModel(
                bytes: [1, 2, 3], name: "test-model", options: SessionOptions(device: .cuda(0)))
        }
        #expect(error?.code == .modelCorrupt)
    }
}
