/// An answer.
///
/// The engine adds `date`, `x-request-id`, the framing headers (`content-length` or `transfer-encoding`) and
/// `connection`; values that are given for the framing headers and `connection` are ignored.
public struct HTTPResponse: Sendable {
    /// What follows the headers.
    public enum Body: Sendable {
        /// Bytes that are all there, sent with their length.
        case bytes([UInt8])
        /// Bytes that a closure writes as they come: chunked on HTTP/1.1, ended by closing on HTTP/1.0. A closure that
        /// throws cuts the connection, so that the client sees that the answer is incomplete.
        case stream(@Sendable (HTTPBodyWriter) async throws -> Void)
    }

    /// The status, 200 to 599.
    public var status: Int
    /// The header fields in the order in which they are sent.
    public var headers: HTTPHeaders
    /// The body; never sent to `HEAD`, nor with 204 and 304.
    public var body: Body

    /// Makes an answer.
    public init(status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Where the closure of a streamed answer writes to.
public struct HTTPBodyWriter: Sendable {
    private let accept: @Sendable ([UInt8]) async throws -> Void

    /// A writer that hands its bytes to a closure.
    public init(_ accept: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.accept = accept
    }

    /// Sends some bytes and suspends while more than a bounded number of bytes waits for the peer.
    /// - Throws: ``HTTPBodyError/disconnected`` once the peer is gone, `CancellationError` in a cancelled task.
    public func write(_ bytes: [UInt8]) async throws { try await accept(bytes) }
}
