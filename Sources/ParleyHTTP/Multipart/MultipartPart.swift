/// What the headers of a part say (RFC 7578, 4).
public struct MultipartPart: Sendable, Hashable {
    /// The field's name, never empty.
    public var name: String
    /// The file's name as the client calls it; never to be used as a path.
    public var filename: String?
    /// The part's `Content-Type` as it was sent.
    public var contentType: String?

    /// Makes a part.
    public init(name: String, filename: String? = nil, contentType: String? = nil) {
        self.name = name
        self.filename = filename
        self.contentType = contentType
    }

    /// Reads the header lines of a part.
    init(headerLines: [[UInt8]]) throws(MultipartError) {
        var disposition: ArraySlice<UInt8>?
        var contentType: ArraySlice<UInt8>?
        for line in headerLines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
                line[..<colon].allSatisfy(ASCII.isToken), line[(colon + 1)...].allSatisfy(ASCII.isFieldValue)
            else { throw .malformedHeader }
            let value = ASCII.trimmed(line[(colon + 1)...])
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-disposition":
                guard disposition == nil else { throw .malformedHeader }
                disposition = value
            case "content-type": contentType = value
            default: break
            }
        }
        guard let disposition else { throw .partWithoutName }
        guard let parsed = ParameterizedValue(disposition), parsed.value.lowercased() == "form-data" else {
            throw .malformedHeader
        }
        guard let name = parsed["name"], !name.isEmpty else { throw .partWithoutName }
        self.name = name
        filename = parsed["filename"]
        self.contentType = contentType.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// A header value with parameters, such as `form-data; name="file"; filename*=UTF-8''a%20b.wav`.
struct ParameterizedValue {
    /// What stands before the parameters.
    let value: String
    private var parameters: [String: String] = [:]

    /// Parses a value; nil when it breaks the grammar or has a parameter twice.
    ///
    /// A backslash escapes only a quote and a backslash, because browsers once sent Windows paths as they are.
    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        value = String(decoding: ASCII.trimmed(rest[..<end]), as: UTF8.self)
        rest = rest[end...]
        while let separator = rest.popFirst() {
            guard separator == UInt8(ascii: ";") else { return nil }
            rest = rest.drop { $0 == ASCII.space || $0 == ASCII.tab }
            if rest.isEmpty || rest.first == UInt8(ascii: ";") { continue }
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let nameBytes = ASCII.trimmed(rest[..<equals])
            guard !nameBytes.isEmpty, nameBytes.allSatisfy(ASCII.isToken) else { return nil }
            rest = rest[(equals + 1)...].drop { $0 == ASCII.space || $0 == ASCII.tab }
            guard let raw = rest.first == UInt8(ascii: "\"") ? Self.quoted(&rest) : Self.unquoted(&rest) else {
                return nil
            }
            let name = String(decoding: nameBytes, as: UTF8.self).lowercased()
            guard parameters.updateValue(raw, forKey: name) == nil else { return nil }
        }
    }

    /// A parameter by its name in lower case; an extended one (`name*`, RFC 8187) goes first.
    subscript(name: String) -> String? {
        guard let extended = parameters[name + "*"] else { return parameters[name] }
        let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8", let decoded = ASCII.percentDecoded(parts[2].utf8)
        else { return parameters[name] }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        rest.removeFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                rest = rest.drop { $0 == ASCII.space || $0 == ASCII.tab }
                return String(decoding: text, as: UTF8.self)
            }
            let isEscape = byte == UInt8(ascii: "\\")
            if isEscape, let next = rest.first, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
                rest.removeFirst()
                text.append(next)
            } else {
                text.append(byte)
            }
        }
        return nil
    }

    private static func unquoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        defer { rest = rest[end...] }
        let token = ASCII.trimmed(rest[..<end])
        return token.contains(UInt8(ascii: "\"")) ? nil : String(decoding: token, as: UTF8.self)
    }
}
