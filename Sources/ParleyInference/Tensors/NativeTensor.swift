/// A tensor in the library's own memory.
final class NativeTensor: Sendable {
    private let value: OrtObject
    /// The elements, inside the value; never written after the run that made them.
    nonisolated(unsafe) private let bytes: UnsafeRawBufferPointer  // invariant: lives and stays constant with `value`
    /// Keeps the session alive whose run made the value, because its allocator may be the session's.
    private let session: OnnxSession

    init(_ value: consuming OrtObject, bytes: UnsafeRawBufferPointer, session: OnnxSession) {
        self.value = value
        self.bytes = bytes
        self.session = session
    }

    /// Lends the elements' memory.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    /// Lends the library's object.
    func withValue<R>(_ body: (OpaquePointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(value.pointer)
    }
}
