/// Why files can't be scored.
public struct ScoringError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// A line, or an entry of a JSON list, does not follow its format.
        case malformed
        /// A time is no number of seconds, or lies outside of what can be a recording.
        case badTime
        /// The file is no UTF-8 text, or no JSON where JSON is expected.
        case notText
        /// More entries or speakers than are scored.
        case tooLarge
        /// Reference and hypothesis have no recording in common, or nothing is there to be scored.
        case nothingToScore
    }

    /// What went wrong.
    public var code: Code
    /// A sentence for people without a full stop; it repeats nothing of the file's contents.
    public var message: String
    /// Name of the file; nil when no single file is at fault.
    public var fileName: String?
    /// Number of the line, from 1; for JSON the number of the entry.
    public var line: Int?

    /// Makes an error.
    public init(_ code: Code, _ message: String, fileName: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.fileName = fileName
        self.line = line
    }

    /// File, line and message: `talk.rttm, line 3: ...`.
    public var description: String {
        guard let fileName else { return message }
        return line.map { "\(fileName), line \($0): \(message)" } ?? "\(fileName): \(message)"
    }
}
