import ParleyHTTP

/// Serves a handler on a free port for the time of a closure.
func withServer(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse,
    _ body: (_ port: Int) async throws -> Void
) async throws {
    var configuration = HTTPServerConfiguration()
    // A machine that is busy with other tests must not make a client look slow.
    let patience = Duration.seconds(600)
    configuration.headerDeadline = patience
    configuration.bodyIdleTimeout = patience
    configuration.writeIdleTimeout = patience
    configuration.idleTimeout = patience
    configure(&configuration)
    let server = makeServer(configuration, handler: handler)
    let (_, port) = try await server.start()
    do {
        try await body(port)
    } catch {
        await server.shutdown(grace: .zero)
        throw error
    }
    await server.shutdown(grace: .zero)
}

/// A server whose own refusals carry their code as the body.
func makeServer(
    _ configuration: HTTPServerConfiguration, handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
) -> HTTPServer {
    HTTPServer(
        configuration: configuration,
        errorResponse: { error, _ in HTTPResponse(status: error.status, body: .bytes(Array(error.code.utf8))) },
        handler: handler)
}

extension HTTPResponse {
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["content-type": "text/plain"], body: .bytes(Array(text.utf8)))
    }
}

/// Answers with what came: method, path, query, and the body or its error.
@Sendable func echo(_ request: HTTPRequest) async -> HTTPResponse {
    do {
        let body = try await request.body.collect(upTo: 64 << 20)
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        return .text("\(request.method) \(request.path) [\(query)] \(String(decoding: body, as: UTF8.self))")
    } catch {
        return .text("\(error)", status: 599)
    }
}

/// A place where a handler leaves what it saw, for the test to wait for.
struct Observed<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func put(_ value: Value) { continuation.yield(value) }

    /// The next value that was left.
    func next() async -> Value? {
        for await value in stream { return value }
        return nil
    }
}
