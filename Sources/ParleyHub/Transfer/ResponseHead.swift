/// Status and headers of an answer.
struct ResponseHead: Sendable, Hashable {
    /// Status code; 0 before any answer.
    var status = 0
    /// Header values by name in small letters; the last of several.
    private(set) var headers: [String: String] = [:]

    /// A header's value, without blanks around it.
    subscript(name: String) -> String? { headers[name] }

    /// Takes a line as it comes: a status line begins a new head, as after `100 Continue`.
    mutating func take(_ line: String) {
        if line.hasPrefix("HTTP/") {
            self = ResponseHead()
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if let colon = line.firstIndex(of: ":"), headers.count < 200 {
            let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
            headers[line[..<colon].lowercased()] = String(value.reversed().drop { $0.isWhitespace }.reversed())
        }
    }

    /// An entity tag without quotes and without the mark of a weak one.
    static func plainTag(_ tag: String) -> String {
        String(tag.drop { $0 == "W" || $0 == "/" || $0 == "\"" }.filter { $0 != "\"" })
    }
}
