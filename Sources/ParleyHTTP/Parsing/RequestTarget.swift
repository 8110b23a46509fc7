/// The path and the query of a request target, decoded (RFC 9112, 3.2; RFC 3986).
struct RequestTarget: Sendable, Equatable {
    var path: String
    var query: [(name: String, value: String)]

    /// Parses origin form (`/path?query`), absolute form (`http://host/path`) and, for `OPTIONS`, `*`.
    ///
    /// Refused: `CONNECT`, invalid escapes, bytes that are not UTF-8 once decoded, NUL, and `..` segments, escaped or
    /// not: no resource has such a name, so whoever sends one looks for a way out of the tree.
    init(_ target: ArraySlice<UInt8>, method: String) throws(HTTPProtocolError) {
        guard method != "CONNECT", target.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
            throw .badTarget
        }
        if target.elementsEqual("*".utf8) {
            guard method == "OPTIONS" else { throw .badTarget }
            path = "*"
            query = []
            return
        }
        let origin = try Self.originForm(target)
        let parts = origin.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        path = try Self.decoded(parts[0])
        guard !path.split(separator: "/").contains("..") else { throw .badTarget }
        query = []
        guard parts.count == 2 else { return }
        for parameter in parts[1].split(separator: UInt8(ascii: "&")) {
            let pair = parameter.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? try Self.decoded(pair[1], plusIsSpace: true) : ""
            query.append((try Self.decoded(pair[0], plusIsSpace: true), value))
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.path == right.path && left.query.elementsEqual(right.query, by: ==)
    }

    private static func originForm(_ target: ArraySlice<UInt8>) throws(HTTPProtocolError) -> ArraySlice<UInt8> {
        if target.first == UInt8(ascii: "/") { return target }
        for scheme in ["http://", "https://"] where target.count > scheme.utf8.count {
            let prefix = target.prefix(scheme.utf8.count)
            guard prefix.lazy.map(ASCII.lowercased).elementsEqual(scheme.utf8) else { continue }
            let rest = target.dropFirst(scheme.utf8.count)
            guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
                return ArraySlice("/".utf8)
            }
            guard end > rest.startIndex else { throw .badTarget }
            return rest[end] == UInt8(ascii: "/") ? rest[end...] : ArraySlice("/".utf8) + rest[end...]
        }
        throw .badTarget
    }

    private static func decoded(
        _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false
    ) throws(HTTPProtocolError) -> String {
        guard let decoded = ASCII.percentDecoded(bytes, plusIsSpace: plusIsSpace), !decoded.contains(0),
            let text = String(validating: decoded, as: UTF8.self)
        else { throw .badTarget }
        return text
    }
}
