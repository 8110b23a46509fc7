/// Where a model runs.
public enum InferenceDevice: Sendable, Hashable, CustomStringConvertible {
    /// The processor.
    case cpu
    /// An NVIDIA GPU by the driver's number, with the library's CUDA kernels.
    case cuda(Int)
    /// An NVIDIA GPU by the driver's number, with engines that TensorRT builds when a model is loaded.
    case tensorRT(Int)

    /// As it is written on the command line, such as `cuda:0`.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .tensorRT(let index): "tensorrt:\(index)"
        }
    }

    /// The driver's number of the GPU; nil for the processor.
    public var gpuIndex: Int? {
        switch self {
        case .cpu: nil
        case .cuda(let index), .tensorRT(let index): index
        }
    }
}
