import Synchronization

/// An HTTP/1.1 server that calls one handler for every request.
///
/// Each request is handled in a task of its own; when the client closes the connection, that task is cancelled at
/// once, whether it reads, writes or computes. (A client that ends its sending side counts as gone.) The server knows
/// nothing of routes or content.
public final class HTTPServer: Sendable {
    private let acceptor: Acceptor
    private let configuration: HTTPServerConfiguration
    private let isStarted = Mutex(false)

    /// Makes a server that doesn't listen yet.
    /// - Parameters:
    ///   - configuration: Address, limits and deadlines.
    ///   - errorResponse: The answer for what the engine refuses itself; gets the request's id. Called on the loop's
    ///     thread, so it must not block.
    ///   - handler: The answer to a request, called in a new task.
    public init(
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        errorResponse: @escaping @Sendable (HTTPProtocolError, _ requestID: String) -> HTTPResponse,
        handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) {
        self.configuration = configuration
        acceptor = Acceptor(
            service: HTTPService(configuration: configuration, errorResponse: errorResponse, handler: handler))
    }

    /// Opens the port and starts to serve.
    /// - Returns: the address that it listens on, with the port that was chosen.
    /// - Throws: ``HTTPServerError``, with a sentence for the operator.
    public func start() async throws(HTTPServerError) -> (host: String, port: Int) {
        let isFirst = isStarted.withLock { isStarted in
            defer { isStarted = true }
            return !isStarted
        }
        guard isFirst else { throw HTTPServerError(.alreadyStarted, "The HTTP server was started before.") }
        let opened: (descriptor: CInt, port: Int)
        do throws(HTTPServerError) {
            opened = try ListeningSocket.open(host: configuration.host, port: configuration.port)
        } catch {
            isStarted.withLock { $0 = false }
            throw error
        }
        try await acceptor.start(listening: opened.descriptor)
        return (configuration.host, opened.port)
    }

    /// Stops accepting, closes idle connections, lets requests at work finish until the grace ends, then cancels them
    /// and closes their connections.
    ///
    /// Returns when all connections are closed. A server can't be started again.
    /// - Parameter grace: How long requests at work may go on.
    public func shutdown(grace: Duration) async {
        guard isStarted.withLock({ $0 }) else { return }
        await acceptor.shutdown(grace: grace)
    }
}

/// What a connection needs to know of its server.
struct HTTPService: Sendable {
    let configuration: HTTPServerConfiguration
    let errorResponse: @Sendable (HTTPProtocolError, _ requestID: String) -> HTTPResponse
    let handler: @Sendable (HTTPRequest) async -> HTTPResponse
}
