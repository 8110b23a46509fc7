/// Why a stored voice could not be used, kept or removed.
public struct VoiceProfileError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The name is empty, too long or holds what no name holds.
        case nameInvalid
        /// Another profile has the name, and it is not to be replaced.
        case nameTaken
        /// There are as many profiles as are allowed.
        case limitReached
        /// There is no such profile.
        case unknown
        /// The disk or the quota is full.
        case diskFull
        /// The folder of profiles can't be read or written.
        case storageFailed
    }

    /// What went wrong.
    public var code: Code
    /// A sentence that is safe to show to a client.
    public var message: String
    /// The system's own words, for logs only.
    public var underlying: String?

    /// Makes an error.
    public init(_ code: Code, _ message: String, underlying: String? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// Code, message and cause on one line.
    public var description: String { "\(code.rawValue): \(message)\(underlying.map { " (\($0))" } ?? "")" }
}
