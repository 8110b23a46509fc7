import ParleyCore

/// Reads what was said from segment time marked files: `recording channel speaker start end [<label>] words...`.
///
/// The label in angle brackets (NIST's `sclite`) is left out.
public enum STMReader {
    /// The turns by recording, in the order of the file.
    /// - Throws: ``ScoringError`` with the line.
    public static func turns(of file: AnnotationFile) throws(ScoringError) -> [String: [SpokenTurn]] {
        var turns: [String: [SpokenTurn]] = [:]
        try file.forEachLine(most: 6) { line throws(ScoringError) in
            try line.expect(5, of: "a line of STM")
            let span = try line.span(start: 3, end: 4)
            let text = line.fields.count > 5 ? withoutLabel(line.fields[5]) : ""
            turns[line.fields[0], default: []].append(
                SpokenTurn(speaker: line.fields[2], startSeconds: span.startSeconds, text: text))
        }
        return turns
    }

    private static func withoutLabel(_ text: String) -> String {
        guard text.hasPrefix("<"), let end = text.firstIndex(of: ">"),
            !text[..<end].contains(where: \.isWhitespace)
        else { return text }
        return String(text[text.index(after: end)...])
    }
}
