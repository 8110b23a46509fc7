/// The configuration file: lines of `key = value`.
///
/// `#` begins a comment at the start of a line or after a blank; a value may stand in double quotes, where `\"` and
/// `\\` are the only escapes. Blank lines are skipped.
enum ConfigurationFile {
    /// One line that says something.
    struct Entry: Sendable, Hashable {
        let line: Int
        let key: String
        let value: String
    }

    /// A line that is no entry.
    struct Fault: Error, Sendable, Hashable {
        let line: Int
        let message: String
    }

    /// All entries and all faults, in order.
    static func parse(_ text: String) -> (entries: [Entry], faults: [Fault]) {
        var entries: [Entry] = []
        var faults: [Fault] = []
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = raw.trimmingBlanks
            if content.isEmpty || content.hasPrefix("#") { continue }
            do throws(Fault) {
                entries.append(try entry(content, line: index + 1))
            } catch {
                faults.append(error)
            }
        }
        return (entries, faults)
    }

    private static func entry(_ content: Substring, line: Int) throws(Fault) -> Entry {
        guard let mark = content.firstIndex(of: "=") else {
            throw Fault(line: line, message: "is no 'key = value'")
        }
        let key = content[..<mark].trimmingBlanks
        guard !key.isEmpty else { throw Fault(line: line, message: "has no key before the '='") }
        let value = content[content.index(after: mark)...].trimmingBlanks
        return Entry(line: line, key: String(key), value: try unquoted(value, line: line))
    }

    private static func unquoted(_ value: Substring, line: Int) throws(Fault) -> String {
        guard value.hasPrefix("\"") else { return String(withoutComment(value)) }
        var text = ""
        var rest = value.dropFirst()
        while let character = rest.popFirst() {
            if character == "\\", let escaped = rest.first, escaped == "\"" || escaped == "\\" {
                text.append(rest.removeFirst())
            } else if character == "\"" {
                let tail = rest.trimmingBlanks
                guard tail.isEmpty || tail.hasPrefix("#") else {
                    throw Fault(line: line, message: "has text after the closing quote")
                }
                return text
            } else {
                text.append(character)
            }
        }
        throw Fault(line: line, message: "has no closing quote")
    }

    private static func withoutComment(_ value: Substring) -> Substring {
        var previous: Character = " "
        for index in value.indices {
            if value[index] == "#", previous.isWhitespace { return value[..<index].trimmingBlanks }
            previous = value[index]
        }
        return value
    }
}
