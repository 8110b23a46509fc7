public import ParleyCore

/// Which devices the operator asks for.
public enum DeviceRequest: Sendable, Hashable, CustomStringConvertible {
    /// All GPUs that can be used, else the processor.
    case auto
    /// The processor.
    case cpu
    /// One GPU, or all of them, with CUDA.
    case cuda(Int?)
    /// One GPU, or all of them, with TensorRT.
    case tensorRT(Int?)

    /// Reads a request as it is written on the command line: `auto`, `cpu`, `cuda`, `cuda:1`, `tensorrt`, `tensorrt:1`.
    ///
    /// Letters of either case.
    /// - Throws: ``InferenceError`` with `deviceUnavailable` for anything else.
    public init(parsing text: String) throws(InferenceError) {
        let fields = text.lowercased().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let index = fields.count == 2 ? Int(fields[1]) : nil
        let hasGoodIndex = fields.count == 1 || (index.map { (0..<1_024).contains($0) } ?? false)
        switch (fields.first.map(String.init), fields.count) {
        case ("auto", 1): self = .auto
        case ("cpu", 1): self = .cpu
        case ("cuda", _) where hasGoodIndex: self = .cuda(index)
        case ("tensorrt", _) where hasGoodIndex: self = .tensorRT(index)
        default:
            throw InferenceError(
                .deviceUnavailable,
                "\"\(text.prefix(40))\" is not a device: use auto, cpu, cuda, cuda:0, tensorrt or tensorrt:0.")
        }
    }

    /// The request behind the setting `USE_GPU` of other servers: a GPU where there is one, or never.
    public init(usesGPU: Bool) { self = usesGPU ? .auto : .cpu }

    /// As it is written on the command line.
    public var description: String {
        switch self {
        case .auto: "auto"
        case .cpu: "cpu"
        case .cuda(let index): index.map { "cuda:\($0)" } ?? "cuda"
        case .tensorRT(let index): index.map { "tensorrt:\($0)" } ?? "tensorrt"
        }
    }
}
