/// What a model says about one of its inputs or outputs.
public struct TensorDescription: Sendable, Hashable {
    /// The name in the graph.
    public var name: String
    /// Type of the elements.
    public var elementType: ElementType
    /// Length of each axis; -1 where it may change from run to run.
    public var shape: [Int]

    /// Makes a description.
    public init(name: String, elementType: ElementType, shape: [Int]) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }
}

/// The type of a tensor's elements; raw values are those of ONNX `TensorProto.DataType`.
public enum ElementType: Int32, Sendable, CaseIterable {
    /// Not a tensor, or elements of a kind that Parley does not handle.
    case unsupported = 0
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case float64 = 11
    case uint32 = 12
    case uint64 = 13
    case bfloat16 = 16

    /// Bytes of one element; 0 for ``unsupported``.
    public var byteCount: Int {
        switch self {
        case .unsupported: 0
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }
}

extension [Int] {
    /// Elements in a tensor of this shape; nil when an axis is negative or the number does not fit.
    var elementCount: Int? {
        var count = 1
        for length in self {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}
