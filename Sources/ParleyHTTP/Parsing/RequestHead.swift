/// The request line and the headers, checked.
struct RequestHead: Sendable, Equatable {
    var method: String
    var target: RequestTarget
    /// HTTP/1.0 or 1.1.
    var minorVersion: Int
    var headers: HTTPHeaders

    /// Whether the connection may carry a further request (RFC 9112, 9.3).
    var keepsAlive: Bool {
        let options = headers.tokens("connection")
        if options.contains("close") { return false }
        return minorVersion >= 1 || options.contains("keep-alive")
    }
}

/// Collects the bytes of a request head, however they are cut, and parses them (RFC 9112, 2 to 5).
///
/// Strict where leniency has been used for request smuggling: lines end in CRLF, no folded lines, no space before the
/// colon, no control characters.
struct RequestHeadParser {
    /// Bytes of the request line and all headers together.
    let maximumBytes: Int
    /// Header lines.
    let maximumFields: Int

    private var line: [UInt8] = []
    private var consumed = 0
    private var requestLine: (method: String, target: RequestTarget, minorVersion: Int)?
    private var headers = HTTPHeaders()

    init(maximumBytes: Int, maximumFields: Int = 128) {
        self.maximumBytes = maximumBytes
        self.maximumFields = maximumFields
    }

    /// Whether the head has begun.
    var hasBegun: Bool { consumed > 0 }

    /// Takes bytes from the front of `input` until the head is complete.
    /// - Returns: the head, or nil when all bytes were taken and more are needed.
    mutating func consume(_ input: inout ArraySlice<UInt8>) throws(HTTPProtocolError) -> RequestHead? {
        while let end = input.firstIndex(of: ASCII.lineFeed) {
            try take(input[input.startIndex...end])
            input = input[(end + 1)...]
            if let head = try finishLine() { return head }
        }
        try take(input)
        input = []
        return nil
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(HTTPProtocolError) {
        consumed += bytes.count
        guard consumed <= maximumBytes else { throw .headersTooLarge }
        line.append(contentsOf: bytes)
        // A binary protocol (TLS, for one) shows itself at once; don't wait for a line end that never comes.
        if requestLine == nil, let first = line.first, first != ASCII.carriageReturn, first != ASCII.lineFeed,
            !ASCII.isToken(first)
        {
            throw .malformedRequestLine
        }
    }

    private mutating func finishLine() throws(HTTPProtocolError) -> RequestHead? {
        defer { line.removeAll(keepingCapacity: true) }
        guard line.count >= 2, line[line.count - 2] == ASCII.carriageReturn else {
            throw requestLine == nil ? .malformedRequestLine : .malformedHeader
        }
        let content = line[..<(line.count - 2)]
        guard let requestLine else {
            // RFC 9112, 2.2: empty lines before the request line are skipped; `maximumBytes` bounds them.
            if !content.isEmpty { requestLine = try Self.parseRequestLine(content) }
            return nil
        }
        guard content.isEmpty else {
            guard headers.count < maximumFields else { throw .headersTooLarge }
            let field = try Self.parseField(content)
            headers.add(field.name, field.value)
            return nil
        }
        let hosts = headers.all("host").count
        guard hosts == 1 || hosts == 0 && requestLine.minorVersion == 0 else { throw .missingHost }
        return RequestHead(
            method: requestLine.method, target: requestLine.target, minorVersion: requestLine.minorVersion,
            headers: headers)
    }

    private static func parseRequestLine(
        _ line: ArraySlice<UInt8>
    ) throws(HTTPProtocolError) -> (method: String, target: RequestTarget, minorVersion: Int) {
        let parts = line.split(separator: ASCII.space, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].count <= 32, parts[0].allSatisfy(ASCII.isToken) else {
            throw .malformedRequestLine
        }
        let version = parts[2]
        guard version.count == 8, version.starts(with: "HTTP/".utf8), ASCII.isDigit(version[version.startIndex + 5]),
            version[version.startIndex + 6] == UInt8(ascii: "."), ASCII.isDigit(version[version.startIndex + 7])
        else { throw .malformedRequestLine }
        guard version[version.startIndex + 5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        let method = String(decoding: parts[0], as: UTF8.self)
        return (
            method, try RequestTarget(parts[1], method: method),
            version.last == UInt8(ascii: "0") ? 0 : 1
        )
    }

    private static func parseField(_ line: ArraySlice<UInt8>) throws(HTTPProtocolError) -> HTTPHeaders.Field {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(ASCII.isToken)
        else { throw .malformedHeader }
        let value = ASCII.trimmed(line[(colon + 1)...])
        guard value.allSatisfy(ASCII.isFieldValue) else { throw .malformedHeader }
        return HTTPHeaders.Field(
            name: String(decoding: line[..<colon], as: UTF8.self), value: String(decoding: value, as: UTF8.self))
    }
}
