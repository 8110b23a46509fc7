/// Why a server could not be started.
public struct HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// Another program listens there.
        case addressInUse
        /// The port is reserved for privileged programs.
        case permissionDenied
        /// Not an address of this machine, or not a port.
        case invalidAddress
        /// The system refused for another reason.
        case bindFailed
        /// The HTTP library could not be started.
        case libraryFailed
        /// `start` was called before.
        case alreadyStarted
    }

    /// What went wrong.
    public var code: Code
    /// A sentence that says what to do.
    public var message: String

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Code and message on one line.
    public var description: String { "\(code.rawValue): \(message)" }
}
