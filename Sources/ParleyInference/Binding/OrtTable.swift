import CONNXRuntime

/// What the library's functions return: nil for success, else a status that the caller owns.
typealias OrtResult = OpaquePointer?

/// ONNX Runtime's function table, with its statuses turned into thrown errors.
struct OrtTable: @unchecked Sendable {  // invariant: the table is constant and its library is never unloaded
    private let base: UnsafePointer<OrtApi>

    /// The functions themselves.
    var api: OrtApi {
        _read { yield base.pointee }
    }

    /// Wraps the table that an opened library gave.
    init(_ base: UnsafePointer<OrtApi>) { self.base = base }

    /// Throws what a call's status says; nil is success.
    func check(_ status: OrtResult) throws(OrtFailure) {
        guard let status else { return }
        defer { api.ReleaseStatus(status) }
        throw OrtFailure(
            code: api.GetErrorCode(status), message: api.GetErrorMessage(status).map(String.init(cString:)) ?? "")
    }

    /// Runs a function that creates an object, and owns the object.
    func make(
        released release: @escaping OrtObject.Release, _ create: (UnsafeMutablePointer<OpaquePointer?>) -> OrtResult
    ) throws(OrtFailure) -> OrtObject {
        var pointer: OpaquePointer?
        try check(create(&pointer))
        guard let pointer else { throw OrtFailure(code: OrtErrorCode(ORT_FAIL), message: "nothing was created") }
        return OrtObject(pointer, release: release)
    }

    /// Copies a string that a function allocated with an allocator, and frees it.
    func string(
        allocator: OpaquePointer, _ get: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OrtResult
    ) throws(OrtFailure) -> String {
        var characters: UnsafeMutablePointer<CChar>?
        try check(get(&characters))
        guard let characters else { return "" }
        let copy = String(cString: characters)
        try check(api.AllocatorFree(allocator, characters))
        return copy
    }
}

/// A status of the library, before it is known what it means for the caller.
struct OrtFailure: Error {
    /// The library's code.
    var code: OrtErrorCode
    /// The library's words.
    var message: String

    /// Whether memory ran out; the library has no code of its own for that.
    var isOutOfMemory: Bool {
        ["bad_alloc", "Failed to allocate memory", "out of memory"].contains { message.contains($0) }
    }
}

/// Sole owner of one of the library's objects; releases it at the end of its life.
struct OrtObject: ~Copyable, @unchecked Sendable {  // invariant: sole owner; uses across threads are the holder's duty
    /// How the library releases an object of this kind.
    typealias Release = @convention(c) (OpaquePointer?) -> Void

    /// The object, valid while this owner lives.
    let pointer: OpaquePointer
    private let release: Release

    /// Takes over an object.
    init(_ pointer: OpaquePointer, release: @escaping Release) {
        self.pointer = pointer
        self.release = release
    }

    deinit { release(pointer) }
}
