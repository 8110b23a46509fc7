/// Number format of a model's weights.
public enum Precision: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
    /// 32-bit floating point: the reference.
    case float32
    /// 16-bit floating point: for GPUs.
    case float16
    /// 8-bit integers: small and fast on processors, wrong for CUDA.
    case int8

    /// The one that suits a processor.
    public static let suitingProcessors = Precision.int8

    /// Reads a name, also in its short form.
    public init?(name: String) {
        let long = ["fp32": "float32", "fp16": "float16"][name] ?? name
        self.init(rawValue: long)
    }

    /// Bytes that a weight takes.
    public var bytesPerWeight: Int {
        switch self {
        case .float32: 4
        case .float16: 2
        case .int8: 1
        }
    }

    /// What is taken for a network that does not exist in this precision, best first.
    var substitutes: [Precision] {
        switch self {
        case .float32: [.float32, .float16, .int8]
        case .float16: [.float16, .float32, .int8]
        case .int8: [.int8, .float32, .float16]
        }
    }

    /// Marks at the end of a network's name, best first; float32 has none.
    var marks: [String] {
        switch self {
        case .float32: [""]
        case .float16: ["_fp16", ".fp16"]
        case .int8: ["_int8", ".int8", "_quantized", "_q8"]
        }
    }

    /// The order of the declaration.
    public static func < (left: Precision, right: Precision) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
