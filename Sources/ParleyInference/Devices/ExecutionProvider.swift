import CONNXRuntime
import ParleyCore

/// Puts a session onto a GPU.
struct ExecutionProvider {
    let options: SessionOptions
    let table: OrtTable

    /// Adds what the device needs to the settings of a session; nothing for the processor.
    func append(to settings: OpaquePointer) throws(OrtFailure) {
        do throws(OrtFailure) {
            switch options.device {
            case .cpu: break
            case .cuda(let index): try appendCUDA(index, to: settings)
            case .tensorRT(let index):
                try appendTensorRT(index, to: settings)
                try appendCUDA(index, to: settings)  // what TensorRT has no engine for
            }
        } catch {
            throw OrtFailure(code: OrtErrorCode(ORT_EP_FAIL), message: error.message)
        }
    }

    private func appendCUDA(_ index: Int, to settings: OpaquePointer) throws(OrtFailure) {
        let api = table.api
        let cuda = try table.make(released: api.ReleaseCUDAProviderOptions) { api.CreateCUDAProviderOptions($0) }
        // Each update replaces the one before. Full single precision, as on the processor, has a key that older
        // libraries do not know.
        let required = cudaOptions(index)
        do {
            try update(required + [("use_tf32", "0")]) { api.UpdateCUDAProviderOptions(cuda.pointer, $0, $1, $2) }
        } catch {
            try update(required) { api.UpdateCUDAProviderOptions(cuda.pointer, $0, $1, $2) }
        }
        try table.check(api.SessionOptionsAppendExecutionProvider_CUDA_V2(settings, cuda.pointer))
    }

    /// Memory grows by what is asked for, because several models share the GPU; convolutions are chosen by rule, because
    /// trying them all costs seconds for each new shape.
    private func cudaOptions(_ index: Int) -> [(String, String)] {
        var values = [
            ("device_id", String(index)), ("arena_extend_strategy", "kSameAsRequested"),
            ("cudnn_conv_algo_search", "HEURISTIC"), ("do_copy_in_default_stream", "1"),
        ]
        if let limit = options.memoryLimitBytes { values.append(("gpu_mem_limit", String(max(0, limit)))) }
        return values
    }

    private func appendTensorRT(_ index: Int, to settings: OpaquePointer) throws(OrtFailure) {
        let api = table.api
        let tensorRT = try table.make(released: api.ReleaseTensorRTProviderOptions) {
            api.CreateTensorRTProviderOptions($0)
        }
        var values = [
            ("device_id", String(index)), ("trt_fp16_enable", options.precision == .float16 ? "1" : "0"),
        ]
        if let limit = options.memoryLimitBytes { values.append(("trt_max_workspace_size", String(max(0, limit)))) }
        if let folder = options.engineCacheFolder {
            values += [("trt_engine_cache_enable", "1"), ("trt_engine_cache_path", folder)]
        }
        try update(values) { api.UpdateTensorRTProviderOptions(tensorRT.pointer, $0, $1, $2) }
        try table.check(api.SessionOptionsAppendExecutionProvider_TensorRT_V2(settings, tensorRT.pointer))
    }

    private typealias StringArray = UnsafePointer<UnsafePointer<CChar>?>

    private func update(
        _ values: [(String, String)], _ call: (StringArray, StringArray, Int) -> OrtResult
    ) throws(OrtFailure) {
        let keys = CStrings(values.map(\.0))
        let settings = CStrings(values.map(\.1))
        let status = keys.withPointers { keys in settings.withPointers { call(keys, $0, values.count) } }
        try table.check(status)
    }
}

extension InferenceDevice {
    /// What a failure of the library means when it concerns this device and not the model; nil for the processor, and
    /// for failures of the model.
    func error(for failure: OrtFailure, model: String) -> InferenceError? {
        guard let gpuIndex, !failure.isOutOfMemory else { return nil }
        let marks = [
            "CUDA failure", "CUDNN failure", "CUBLAS failure", "ExecutionProvider_CUDA", "ExecutionProvider_TensorRT",
        ]
        guard Int(failure.code) == ORT_EP_FAIL || marks.contains(where: failure.message.contains) else { return nil }
        let missing = failure.message.firstMatch(of: #/(lib[\w.+-]+\.so[.\d]*): cannot open/#).map { String($0.1) }
        let advice =
            missing.map {
                "The library \($0) is missing: install the CUDA and cuDNN that this build of ONNX Runtime needs"
            }
            ?? "Install the CUDA, cuDNN and driver that this build of ONNX Runtime needs"
        return InferenceError(
            .deviceUnavailable, model: model, "GPU \(gpuIndex) cannot be used. \(advice), or use the CPU.",
            underlying: failure.message)
    }
}
