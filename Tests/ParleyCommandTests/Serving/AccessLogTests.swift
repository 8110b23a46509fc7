import ParleyHTTP
import Testing

@testable import parley

@Suite struct AccessLogTests {
    private let errors = MemorySink()
    private var access: AccessLog {
        let instant = ContinuousClock.now
        let log = Log(console: Console(output: MemorySink(), errors: errors), settings: LoggingSettings())
        return AccessLog(log, now: { instant })
    }
    private let request = HTTPRequest(
        id: "req_1", method: "POST", path: "/v1/audio/transcriptions", query: [("secret", "geheim")],
        headers: ["authorization": "Bearer geheim"])

    @Test func oneLineForAPlainAnswer() async {
        let handler = access.around { _ in HTTPResponse(status: 200, body: .bytes(Array("hello".utf8))) }
        _ = await handler(request)
        #expect(errors.lines.count == 1)
        #expect(
            errors.text.hasSuffix(
                " info request id=req_1 method=POST path=/v1/audio/transcriptions status=200 bytes=5 duration_ms=0\n"))
        #expect(!errors.text.contains("geheim"))
    }

    @Test func aStreamIsCountedWhenItEnds() async throws {
        struct Gone: Error {}
        let handler = access.around { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write([1, 2, 3])
                    try await writer.write([4])
                    throw Gone()
                })
        }
        guard case .stream(let body) = await handler(request).body else {
            Issue.record("the answer is no stream any more")
            return
        }
        #expect(errors.text.isEmpty)
        await #expect(throws: Gone.self) { try await body(HTTPBodyWriter { _ in }) }
        #expect(errors.lines.count == 1 && errors.text.contains("status=200 bytes=4 "))
    }

    @Test func refusalsOfTheEngineAreLogged() {
        access.refused(.missingHost, requestID: "req_2")
        #expect(errors.text.contains(" info refused id=req_2 status=400 reason="))
    }
}
