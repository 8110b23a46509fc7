/// The help of a command, laid out in two columns.
struct HelpText: Sendable {
    /// Columns of the page.
    var width = 100
    private let indent = 30

    /// A heading and its rows; empty without rows.
    func section(_ title: String, _ rows: [(term: String, text: String)]) -> String {
        guard !rows.isEmpty else { return "" }
        return "\n\(title):\n" + rows.map { row($0.term, $0.text) }.joined()
    }

    /// The rows of a table of options.
    func section(_ title: String, options: [OptionSpec]) -> String {
        section(
            title,
            options.map { option in
                let fallback = option.defaultText.map { " (default: \($0))" } ?? ""
                return (option.usage, option.help + fallback)
            })
    }

    private func row(_ term: String, _ text: String) -> String {
        let lines = WordWrap.lines(text, width: width - indent)
        let margin = String(repeating: " ", count: indent)
        var head = "  " + term
        var body = lines[...]
        if head.count < indent - 1 {
            head += String(repeating: " ", count: indent - head.count) + (body.popFirst() ?? "")
        }
        return ([head] + body.map { margin + $0 }).joined(separator: "\n") + "\n"
    }
}

/// Breaks text between words.
enum WordWrap {
    /// Lines of at most `width` characters; a longer word gets a line of its own.
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
