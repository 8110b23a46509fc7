/// Number format of a model's weights.
public enum Precision: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
    /// 32-bit floating point: the reference.
    case fp32
    /// 16-bit floating point: for GPUs.
    case fp16
    /// 8-bit integers: small and fast on processors, wrong for CUDA.
    case int8

    /// The one that suits a processor.
    public static let suitingProcessors = Precision.int8

    /// Bytes that a weight takes.
    public var bytesPerWeight: Int {
        switch self {
        case .fp32: 4
        case .fp16: 2
        case .int8: 1
        }
    }

    /// What is taken for a network that does not exist in this precision, best first.
    var substitutes: [Precision] {
        switch self {
        case .fp32: [.fp32, .fp16, .int8]
        case .fp16: [.fp16, .fp32, .int8]
        case .int8: [.int8, .fp32, .fp16]
        }
    }

    /// Marks at the end of a network's name, best first; fp32 has none.
    var marks: [String] {
        switch self {
        case .fp32: [""]
        case .fp16: ["_fp16", ".fp16"]
        case .int8: ["_int8", ".int8", "_quantized"]
        }
    }

    /// The order of the declaration.
    public static func < (left: Precision, right: Precision) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
