/// Why a model could not be pulled or removed.
public struct HubError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The settings say that the network is not to be used.
        case offline
        /// No answer: no network, no such host, a refused or broken connection.
        case unreachable
        /// The repository or the revision does not exist, or is private.
        case notFound
        /// The repository wants a token, or the acceptance of its licence.
        case accessDenied
        /// The hub asks to come back later.
        case rateLimited
        /// The hub answers with a fault of its own, or with what its protocol does not allow.
        case hubFault
        /// An address that would be read without encryption although the hub's is encrypted.
        case insecure
        /// The bytes that came are not those that the hub has announced.
        case checksumMismatch
        /// The repository holds no model of a layout that is known, or not in the asked precision.
        case unsuitable
        /// Too little space on the disk.
        case diskFull
        /// The data folder can't be written to.
        case cannotWrite
        /// The id or the name of a repository is none.
        case invalidName
        /// No model of this id is installed.
        case notInstalled
    }

    /// What went wrong.
    public var code: Code
    /// A sentence for people, without a full stop at its end; never a token.
    public var message: String
    /// The library's own words, for the curious.
    public var underlying: String?
    /// Whether another try may go well.
    var isTransient = false
    /// When the hub wants to be asked again.
    var retryAfter: Duration?

    /// Makes an error.
    public init(_ code: Code, _ message: String, underlying: String? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    /// Code, message and cause on one line, for logs.
    public var description: String {
        underlying.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
    }
}
