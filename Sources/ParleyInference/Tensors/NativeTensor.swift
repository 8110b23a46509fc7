/// A tensor in the library's own memory.
final class NativeTensor: Sendable {
    /// Bytes of all elements.
    let byteCount: Int
    /// The GPU in whose memory the elements are; nil for ordinary memory.
    let gpuIndex: Int?

    private let value: OrtObject
    /// The elements' place, inside the value; never written after the run that made them.
    nonisolated(unsafe) private let start: UnsafeRawPointer?  // invariant: lives and stays constant with `value`
    /// Keeps the session alive whose run made the value, because its allocator may be the session's.
    private let session: OnnxSession

    /// - Parameter bytes: The elements; only their address is used when they are in a GPU's memory.
    init(
        _ value: consuming OrtObject, bytes: UnsafeRawBufferPointer, gpuIndex: Int?, session: OnnxSession
    ) {
        self.value = value
        self.gpuIndex = gpuIndex
        self.session = session
        start = bytes.baseAddress
        byteCount = bytes.count
    }

    /// The elements' address, to be compared and not to be followed.
    var address: UInt { UInt(bitPattern: start) }

    /// Lends the elements' memory; an empty buffer when it is a GPU's.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: gpuIndex == nil ? byteCount : 0))
    }

    /// The library's object, valid while this tensor is kept alive.
    var pointer: OpaquePointer { value.pointer }
}
