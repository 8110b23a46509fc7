import ParleyHTTP

/// The keys that open the API.
struct APIKeys: Sendable {
    private let keys: [[UInt8]]

    init(_ keys: Set<String>) { self.keys = keys.map { Array($0.utf8) } }

    /// Lets a request through that has a key, or every request when there are no keys.
    /// - Throws: ``APIError`` 401.
    func check(_ headers: HTTPHeaders) throws {
        guard !keys.isEmpty else { return }
        let parts = (headers["authorization"] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw APIError(
                status: 401, "You didn't provide an API key. Send it in the header 'Authorization: Bearer <key>'.",
                code: "invalid_api_key")
        }
        let given = Array(parts[1].utf8)
        // No early way out: the time must not tell which key, or how much of it, was right.
        let isKnown = keys.reduce(false) { known, key in Self.areEqual(key, given) || known }
        guard isKnown else { throw APIError(status: 401, "Incorrect API key provided.", code: "invalid_api_key") }
    }

    /// Compares in a time that depends on the length of what was given only.
    private static func areEqual(_ key: [UInt8], _ given: [UInt8]) -> Bool {
        var difference = key.count ^ given.count
        for (index, byte) in given.enumerated() {
            difference |= Int(byte ^ (key.isEmpty ? 0 : key[index % key.count]))
        }
        return difference == 0
    }
}
