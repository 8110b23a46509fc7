/// A multi-dimensional array that goes into or comes out of a model.
///
/// A tensor made from a Swift array lends that array's memory to the run. A tensor that a run returned wraps the
/// library's own memory and can be given to later runs, of any session, without a copy. One that was kept in a GPU's
/// memory can only be given to later runs on the same GPU: its elements read as empty.
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
        case float16s([Float16])
        /// Elements of any type as they lie in memory.
        case bytes([UInt8])
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

    /// Makes a tensor of half-precision floats in row-major order.
    ///
    /// A count that does not match the shape is reported by the run.
    public init(float16 values: [Float16], shape: [Int]) { self.init(.float16s(values), .float16, shape) }

    /// Makes a tensor of zeros, or of nothing where an axis has the length 0, such as a cache before the first step.
    ///
    /// A shape with a negative axis gives no elements, which is reported by the run.
    public init(zeros elementType: ElementType, shape: [Int]) {
        let byteCount = (shape + [elementType.byteCount]).elementCount ?? 0
        self.init(.bytes([UInt8](repeating: 0, count: byteCount)), elementType, shape)
    }

    /// Makes a tensor without axes.
    public init(scalar: Float) { self.init([scalar], shape: []) }

    /// Makes a tensor without axes.
    public init(scalar: Int64) { self.init([scalar], shape: []) }

    /// Makes a tensor of elements of any type as they lie in memory.
    init(bytes: [UInt8], elementType: ElementType, shape: [Int]) {
        self.init(.bytes(bytes), elementType, shape)
    }

    init(native: NativeTensor, elementType: ElementType, shape: [Int]) {
        self.init(.native(native), elementType, shape)
    }

    private init(_ storage: Storage, _ elementType: ElementType, _ shape: [Int]) {
        self.storage = storage
        self.elementType = elementType
        self.shape = shape
    }

    /// Whether the elements are in a GPU's memory, where only later runs can read them.
    public var isOnGPU: Bool { gpuIndex != nil }

    /// The floats, copied and converted where they are half-precision; empty when the elements are of another type.
    public var float32s: [Float] {
        if case .floats(let values) = storage { return values }
        return elementType == .float16 ? convertedHalves() : withElements(.float32, Float.self) { Array($0) }
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

    /// Lends the floats in row-major order: without a copy when they are single precision, converted when they are
    /// half-precision; an empty buffer when the elements are of another type.
    public func withFloat32s<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        guard elementType == .float16 else { return try withElements(.float32, Float.self, body) }
        return try convertedHalves().withUnsafeBufferPointer(body)
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

    private func convertedHalves() -> [Float] {
        withElements(.float16, UInt16.self) { halves in
            [Float](unsafeUninitializedCapacity: halves.count) { floats, count in
                let start = floats.baseAddress
                start?.initialize(repeating: 0, count: halves.count)
                HalfPrecision.convert(halves, to: floats)
                count = halves.count
            }
        }
    }

    /// Lends the elements' memory; an empty buffer when it is a GPU's.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch storage {
        case .floats(let values): try values.withUnsafeBytes(body)
        case .int64s(let values): try values.withUnsafeBytes(body)
        case .int32s(let values): try values.withUnsafeBytes(body)
        case .bools(let values): try values.withUnsafeBytes(body)
        case .float16s(let values): try values.withUnsafeBytes(body)
        case .bytes(let values): try values.withUnsafeBytes(body)
        case .native(let tensor): try tensor.withBytes(body)
        }
    }

    /// The library's own tensor behind this one, if a run made it.
    var native: NativeTensor? {
        if case .native(let tensor) = storage { return tensor }
        return nil
    }

    /// The GPU in whose memory the elements are; nil for ordinary memory.
    var gpuIndex: Int? { native?.gpuIndex }

    /// Bytes of all elements, wherever they are.
    var byteCount: Int { native?.byteCount ?? withBytes { $0.count } }

    /// Where the elements lie, to be compared and not to be followed.
    var addresses: Range<UInt> {
        let start = native?.address ?? withBytes { UInt(bitPattern: $0.baseAddress) }
        return start..<(start + UInt(max(1, byteCount)))
    }

    /// The same elements under another shape.
    func reshaped(_ shape: [Int]) -> Tensor { Tensor(storage, elementType, shape) }
}
