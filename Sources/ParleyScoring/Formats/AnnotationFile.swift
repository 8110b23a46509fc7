import ParleyCore

/// A text file that says who spoke when, or what, with the name that messages call it.
public struct AnnotationFile: Sendable {
    /// How messages call it.
    public let name: String
    /// Its text.
    public let text: String

    /// Most entries of a file: far more than a month of speech has turns.
    static let entryLimit = 2_000_000
    /// Latest time in seconds, 115 days.
    static let timeLimitSeconds = 10_000_000.0

    /// Makes a file of its text.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Makes a file of its bytes.
    /// - Throws: ``ScoringError`` (`notText`) when they are no UTF-8; a leading byte order mark is left out.
    public init(name: String, bytes: some Sequence<UInt8>) throws(ScoringError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ScoringError(.notText, "this is no UTF-8 text", fileName: name)
        }
        self.init(name: name, text: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    }

    /// Calls `body` with the fields of each line that is neither empty nor a comment (`;`, as NIST's formats have it).
    /// - Parameters:
    ///   - most: As many fields at most; the last one keeps its blanks.
    func forEachLine(
        most: Int = .max, _ body: (AnnotationLine) throws(ScoringError) -> Void
    ) throws(ScoringError) {
        var number = 0
        var count = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let fields = line.split(maxSplits: max(0, most - 1), whereSeparator: Self.isBlank)
                .map { String(Substring($0)) }
            guard let first = fields.first, !first.hasPrefix(";") else { continue }
            count += 1
            guard count <= Self.entryLimit else {
                throw ScoringError(
                    .tooLarge, "more than \(Self.entryLimit) lines are not scored", fileName: name, line: number)
            }
            try body(AnnotationLine(fileName: name, number: number, fields: fields))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// The fields of a line.
struct AnnotationLine {
    let fileName: String
    /// From 1.
    let number: Int
    let fields: [String]

    func error(_ code: ScoringError.Code, _ message: String) -> ScoringError {
        ScoringError(code, message, fileName: fileName, line: number)
    }

    /// Fails when there are fewer fields.
    func expect(_ count: Int, of format: String) throws(ScoringError) {
        guard fields.count >= count else {
            throw error(.malformed, "\(format) has at least \(count) fields, this line \(fields.count)")
        }
    }

    /// A time of a field in seconds.
    func seconds(_ index: Int, _ name: String) throws(ScoringError) -> Double {
        guard let value = Double(fields[index]), value >= 0, value <= AnnotationFile.timeLimitSeconds else {
            throw error(.badTime, "the \(name) is no number of seconds from 0 to 10000000")
        }
        return value
    }

    /// From one field to another.
    func span(start: Int, end: Int) throws(ScoringError) -> TimeSpan {
        let first = try seconds(start, "start")
        let last = try seconds(end, "end")
        guard first <= last else { throw error(.badTime, "the end lies before the start") }
        return TimeSpan(startSeconds: first, endSeconds: last)
    }
}
