import Glibc

/// C copies of some strings, kept as long as this owner.
struct CStrings: ~Copyable, @unchecked Sendable {  // invariant: the copies are never written to
    /// One more than there are strings, so that the array has an address when there are none.
    private let pointers: [UnsafePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { UnsafePointer(strdup($0)) } + [nil]
    }

    deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }

    /// Lends the array of C strings.
    borrowing func withPointers<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> R) rethrows -> R {
        try body(pointers)
    }

    /// Lends the C strings at some positions, in their order.
    borrowing func withPointers<R>(
        at positions: [Int], _ body: (UnsafePointer<UnsafePointer<CChar>?>) throws -> R
    ) rethrows -> R {
        try body(positions.map { pointers[$0] } + [nil])
    }
}
