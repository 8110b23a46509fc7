import ParleyAPI
import ParleyHTTP
import Synchronization

/// One log line for each request, written when its answer has been handed over.
///
/// It says id, method, path, status, bytes and duration: never bodies, keys or query strings.
struct AccessLog: Sendable {
    let log: Log
    private let now: @Sendable () -> ContinuousClock.Instant

    init(_ log: Log, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.log = log
        self.now = now
    }

    /// The handler with a line for each request.
    func around(
        _ handler: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
    ) -> @Sendable (HTTPRequest) async -> HTTPResponse {
        return { request in
            let began = now()
            var response = await handler(request)
            switch response.body {
            case .bytes(let bytes): write(request, response.status, bytes.count, since: began)
            case .stream(let body):
                let status = response.status
                response.body = .stream { writer in
                    let count = ByteCounter()
                    defer { write(request, status, count.value, since: began) }
                    try await body(
                        HTTPBodyWriter { bytes in
                            try await writer.write(bytes)
                            count.add(bytes.count)
                        })
                }
            }
            return response
        }
    }

    /// A line for a request that the engine refused before it had a path.
    func refused(_ error: HTTPProtocolError, requestID: String) {
        log.write(
            .info, "refused",
            [("id", .string(requestID)), ("status", .int(error.status)), ("reason", .string(error.code))])
    }

    private func write(
        _ request: HTTPRequest, _ status: Int, _ byteCount: Int, since began: ContinuousClock.Instant
    ) {
        log.write(
            .info, "request",
            [
                ("id", .string(request.id)), ("method", .string(request.method)), ("path", .string(request.path)),
                ("status", .int(status)), ("bytes", .int(byteCount)),
                ("duration_ms", .int(Int(began.duration(to: now()).milliseconds))),
            ])
    }

    private final class ByteCounter: Sendable {
        private let total = Atomic(0)
        var value: Int { total.load(ordering: .relaxed) }
        func add(_ count: Int) { total.add(count, ordering: .relaxed) }
    }
}
