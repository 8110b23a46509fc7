/// A multi-dimensional array that goes into or comes out of a model.
///
/// A tensor made from a Swift array lends that array's memory to the run. A tensor that a run returned wraps the
/// library's own memory and can be given to later runs, of any session, without a copy.
public struct Tensor: Sendable {
    /// Length of each axis, outermost first; empty for a scalar.
    public let shape: [Int]
    /// Type of the elements.
    public let elementType: ElementType

    let storage: Storage

    enum Storage: Sendable {
        case floats([Float])
        case int64s([Int64])
        case int32s([Int32])
        case bools([Bool])
        case native(NativeTensor)
    }

    /// Makes a tensor of 32-bit floats in row-major order.
    ///
    /// A count that does not match the shape is reported by the run.
    public init(_ floats: [Float], shape: [Int]) { self.init(.floats(floats), .float32, shape) }

    /// Makes a tensor of 64-bit integers in row-major order.
    ///
    /// A count that does not match the shape is reported by the run.
    public init(_ values: [Int64], shape: [Int]) { self.init(.int64s(values), .int64, shape) }

    /// Makes a tensor of 32-bit integers in row-major order.
    ///
    /// A count that does not match the shape is reported by the run.
    public init(_ values: [Int32], shape: [Int]) { self.init(.int32s(values), .int32, shape) }

    /// Makes a tensor of truth values in row-major order.
    ///
    /// A count that does not match the shape is reported by the run.
    public init(_ values: [Bool], shape: [Int]) { self.init(.bools(values), .bool, shape) }

    /// Makes a tensor without axes.
    public init(scalar: Float) { self.init([scalar], shape: []) }

    /// Makes a tensor without axes.
    public init(scalar: Int64) { self.init([scalar], shape: []) }

    init(native: NativeTensor, elementType: ElementType, shape: [Int]) {
        self.init(.native(native), elementType, shape)
    }

    private init(_ storage: Storage, _ elementType: ElementType, _ shape: [Int]) {
        self.storage = storage
        self.elementType = elementType
        self.shape = shape
    }

    /// The floats, copied; empty when the elements are of another type.
    public var floats: [Float] {
        if case .floats(let values) = storage { return values }
        return withFloats { Array($0) }
    }

    /// The 64-bit integers, copied; empty when the elements are of another type.
    public var int64s: [Int64] {
        if case .int64s(let values) = storage { return values }
        return withInt64s { Array($0) }
    }

    /// The 32-bit integers, copied; empty when the elements are of another type.
    public var int32s: [Int32] {
        if case .int32s(let values) = storage { return values }
        return withElements(.int32, Int32.self) { Array($0) }
    }

    /// The truth values, copied; empty when the elements are of another type.
    public var bools: [Bool] {
        if case .bools(let values) = storage { return values }
        // A byte of a model's output need not be 0 or 1, which Swift's Bool would have to be.
        return withElements(.bool, UInt8.self) { $0.map { $0 != 0 } }
    }

    /// Lends the floats in row-major order without a copy; an empty buffer when the elements are of another type.
    public func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try withElements(.float32, Float.self, body)
    }

    /// Lends the 64-bit integers in row-major order without a copy; an empty buffer when the elements are of another
    /// type.
    public func withInt64s<R>(_ body: (UnsafeBufferPointer<Int64>) throws -> R) rethrows -> R {
        try withElements(.int64, Int64.self, body)
    }

    private func withElements<T, R>(
        _ type: ElementType, _: T.Type, _ body: (UnsafeBufferPointer<T>) throws -> R
    ) rethrows -> R {
        guard elementType == type else { return try body(UnsafeBufferPointer(start: nil, count: 0)) }
        return try withBytes { try $0.withMemoryRebound(to: T.self, body) }
    }

    /// Lends the elements' memory.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch storage {
        case .floats(let values): try values.withUnsafeBytes(body)
        case .int64s(let values): try values.withUnsafeBytes(body)
        case .int32s(let values): try values.withUnsafeBytes(body)
        case .bools(let values): try values.withUnsafeBytes(body)
        case .native(let tensor): try tensor.withBytes(body)
        }
    }

    /// Whether a buffer lies in the memory that this tensor lends.
    func lends(_ buffer: UnsafeRawBufferPointer) -> Bool {
        withBytes { own in
            guard let start = buffer.baseAddress, let ownStart = own.baseAddress else { return false }
            return start >= ownStart && start < ownStart + max(1, own.count)
        }
    }

    /// The same elements under another shape.
    func reshaped(_ shape: [Int]) -> Tensor { Tensor(storage, elementType, shape) }
}
