/// Why a recogniser refused or failed.
public struct RecognitionError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// No model has the asked id.
        case modelUnknown
        /// The model does not know the asked language.
        case languageUnsupported
        /// The model can't translate.
        case translationUnsupported
        /// The model's files are missing or damaged.
        case modelUnavailable
        /// The decoder failed.
        case decodingFailed
    }

    /// What went wrong.
    public var code: Code
    /// A sentence that is safe to show to a client.
    public var message: String
    /// The cause, for logs only.
    public var underlying: String?

    /// Makes an error.
    public init(_ code: Code, _ message: String, underlying: String? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// Code, message and cause on one line.
    public var description: String {
        underlying.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
    }
}
