import Glibc

/// C copies of some strings, for the length of a call.
struct CStrings: ~Copyable {
    /// One more than there are strings, so that the array has an address when there are none.
    private let pointers: [UnsafePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { UnsafePointer(strdup($0)) } + [nil]
    }

    deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }

    /// Lends the array of C strings.
    borrowing func withPointers<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R { body(pointers) }
}
