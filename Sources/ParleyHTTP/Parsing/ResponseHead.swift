import Glibc

/// Writes the status line and the headers of a response.
enum ResponseHead {
    /// The engine's own choice of these; what a handler gives for them is ignored.
    private static let ownNames: Set<String> = [
        "connection", "content-length", "transfer-encoding", "keep-alive", "date",
    ]

    /// How the end of the body is told.
    enum Framing: Equatable {
        case length(Int)
        case chunked
        case untilClose
        case none
    }

    static func encode(
        status: Int, headers: HTTPHeaders, requestID: String, framing: Framing, closes: Bool
    ) -> [UInt8] {
        let status = (200...599).contains(status) ? status : 500
        var head = "HTTP/1.1 \(status) \(reason(status))\r\n"
        for field in headers where !ownNames.contains(field.name.lowercased()) {
            guard field.name.lowercased() != "x-request-id", let line = line(field) else { continue }
            head += line
        }
        head += "date: \(date(secondsSinceEpoch: time(nil)))\r\n"
        if let line = line(HTTPHeaders.Field(name: "x-request-id", value: requestID)) { head += line }
        switch framing {
        case .length(let count): head += "content-length: \(count)\r\n"
        case .chunked: head += "transfer-encoding: chunked\r\n"
        case .untilClose, .none: break
        }
        head += closes ? "connection: close\r\n\r\n" : "connection: keep-alive\r\n\r\n"
        return Array(head.utf8)
    }

    /// One header line; nil for a name that is not a token.
    ///
    /// Control characters in a value become spaces, so that no
    /// value can begin a line of its own.
    private static func line(_ field: HTTPHeaders.Field) -> String? {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(ASCII.isToken) else { return nil }
        if field.value.utf8.allSatisfy(ASCII.isFieldValue) { return "\(field.name): \(field.value)\r\n" }
        let safe = field.value.utf8.map { ASCII.isFieldValue($0) ? $0 : ASCII.space }
        return "\(field.name): \(String(decoding: safe, as: UTF8.self))\r\n"
    }

    /// IMF-fixdate (RFC 9110, 5.6.7).
    static func date(secondsSinceEpoch: Int) -> String {
        var seconds = secondsSinceEpoch
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(parts.tm_wday)]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][Int(parts.tm_mon)]
        let time = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return "\(weekday), \(padded(parts.tm_mday)) \(month) \(parts.tm_year + 1900) \(time) GMT"
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
