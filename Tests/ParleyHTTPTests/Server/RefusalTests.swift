import ParleyHTTP
import Testing

/// What the engine refuses itself, byte for byte as an attacker would send it.
@Suite(.timeLimit(.minutes(15))) struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        let status: Int
        let code: String

        init(_ name: String, _ request: String, _ status: Int, _ code: String) {
            self.name = name
            self.request = request
            self.status = status
            self.code = code
        }

        /// A POST with the given header lines and body.
        static func post(_ name: String, _ headers: String, _ body: String, _ status: Int, _ code: String) -> Case {
            Case(name, "POST / HTTP/1.1\r\nHost: h\r\n\(headers)\r\n\r\n\(body)", status, code)
        }

        /// A GET of a target.
        static func get(_ target: String, _ status: Int = 400, _ code: String = "bad_target") -> Case {
            Case(target, "GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n", status, code)
        }

        var testDescription: String { name }
    }

    static let framing: [Case] = [
        .post("two lengths", "Content-Length: 5\r\nContent-Length: 5", "hello", 400, "invalid_content_length"),
        .post("length list", "Content-Length: 5, 5", "hello", 400, "invalid_content_length"),
        .post("plus", "Content-Length: +5", "hello", 400, "invalid_content_length"),
        .post("minus", "Content-Length: -5", "hello", 400, "invalid_content_length"),
        .post("hexadecimal", "Content-Length: 0x5", "hello", 400, "invalid_content_length"),
        .post("empty length", "Content-Length:", "hello", 400, "invalid_content_length"),
        .post("huge length", "Content-Length: 99999999999999999999999", "x", 413, "body_too_large"),
        .post("length above the limit", "Content-Length: 1000001", "x", 413, "body_too_large"),
        .post("both", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 400, "conflicting_framing"),
        .post("gzip", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n", 501, "unsupported_transfer_coding"),
        .post("xchunked", "Transfer-Encoding: xchunked", "0\r\n\r\n", 501, "unsupported_transfer_coding"),
        .post(
            "two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 501,
            "unsupported_transfer_coding"),
        Case(
            "coding on 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "conflicting_framing"),
        .post("expectation", "Expect: 200-maybe\r\nContent-Length: 1", "x", 417, "unsupported_expectation"),
    ]

    static let chunks: [Case] = [
        ("not a size", "zz\r\nhello"), ("no size", "\r\nhello"), ("negative", "-5\r\nhello"),
        ("hexadecimal prefix", "0x5\r\nhello"), ("bare line feed", "5\nhello\r\n0\r\n\r\n"),
        ("longer than said", "5\r\nhello!\r\n0\r\n\r\n"), ("size overflows", "ffffffffffffffff\r\nx"),
        ("control character in extension", "5;\u{1}\r\nhello\r\n0\r\n\r\n"),
        ("endless extension", "5;" + String(repeating: "x", count: 5_000)),
        ("endless trailers", "0\r\n" + String(repeating: "a: b\r\n", count: 2_000)),
    ].map { .post($0.0, "Transfer-Encoding: chunked", $0.1, 400, "malformed_body") }

    static let chunkLimits: [Case] = [
        .post("big chunk", "Transfer-Encoding: chunked", "fffffff\r\nx", 413, "body_too_large"),
        .post(
            "many chunks", "Transfer-Encoding: chunked",
            String(repeating: "4000\r\n\(String(repeating: "x", count: 0x4000))\r\n", count: 64), 413,
            "body_too_large"),
    ]

    static let heads: [Case] = [
        Case("no host", "GET / HTTP/1.1\r\n\r\n", 400, "missing_host"),
        Case("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "missing_host"),
        Case("no colon", "GET / HTTP/1.1\r\nHost: h\r\nbroken\r\n\r\n", 400, "malformed_header"),
        Case("space before colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400, "malformed_header"),
        Case("empty name", "GET / HTTP/1.1\r\n: h\r\n\r\n", 400, "malformed_header"),
        Case("folded", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400, "malformed_header"),
        Case("bare line feed", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n", 400, "malformed_header"),
        Case("NUL", "GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 400, "malformed_header"),
        Case("bare carriage return", "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n", 400, "malformed_header"),
        Case("line feeds only", "GET / HTTP/1.1\nHost: h\n\n", 400, "malformed_request_line"),
        Case("no version", "GET /\r\n\r\n", 400, "malformed_request_line"),
        Case("two spaces", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "malformed_request_line"),
        Case("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "unsupported_http_version"),
        Case("HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505, "unsupported_http_version"),
        Case("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}", 400, "malformed_request_line"),
        Case("garbage", "\u{7f}\0garbage", 400, "malformed_request_line"),
        Case(
            "long header", "GET / HTTP/1.1\r\nHost: h\r\nA: \(String(repeating: "a", count: 64 << 10))", 431,
            "headers_too_large"),
        Case(
            "many headers", "GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "A: b\r\n", count: 200))\r\n", 431,
            "headers_too_large"),
        Case("long target", "GET /\(String(repeating: "a", count: 64 << 10))", 431, "headers_too_large"),
        Case("CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "bad_target"),
    ]

    static let targets: [Case] = [
        .get("/%zz"), .get("/%2"), .get("/%"), .get("/a%00b"), .get("/%ff"), .get("/../etc/passwd"),
        .get("/a/%2e%2E/b"), .get("/.."), .get("/a/..%2fb"), .get("nopath"), .get("*"), .get("/a#b"), .get("/?q=%g0"),
        .get("http:///x"), .get("ftp://h/x"), .get("/caf\u{e9}"),
    ]

    @Test(arguments: framing + chunks + chunkLimits + heads + targets)
    func refuses(_ refused: Case) async throws {
        try await withServer({ $0.maximumBodyBytes = 1_000_000 }, handler: echo) { port in
            let client = try TestClient(port: port)
            // The answer may come before all was sent, and nothing more is read in the end.
            _ = try await client.sendRepeatedly(Array(refused.request.utf8), count: 1)
            let response = try await client.response()
            #expect(response.status == refused.status)
            #expect(response.text == refused.code)
            #expect(response.header("connection") == "close")
            #expect(response.header("x-request-id")?.count == 36)
            #expect(try await client.receive().isEmpty)
            let next = try TestClient(port: port)
            #expect(try await next.exchange("GET /health HTTP/1.1\r\nHost: h\r\n\r\n").status == 200)
        }
    }

    @Test(arguments: ["http://host/a?b=c", "HTTPS://host:1/a?b=c", "/a?b=c"])
    func acceptsAbsoluteTargets(target: String) async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(response.text == "GET /a [b=c] ")
        }
    }

    @Test func refusesConnectionsAboveTheLimit() async throws {
        try await withServer({ $0.maximumConnections = 2 }, handler: echo) { port in
            let first = try TestClient(port: port)
            let second = try TestClient(port: port)
            for client in [first, second] {
                #expect(try await client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status == 200)
            }
            let third = try TestClient(port: port)
            let response = try await third.response()
            #expect(response.status == 503)
            #expect(response.text == "too_many_connections")
            first.disconnect()
            // A place is free as soon as the server has seen the end of the first connection.
            var status = 503
            while status == 503 {
                // Whoever writes to a connection that was refused may find it gone before the refusal is read.
                let answer = try? await TestClient(port: port).exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                status = answer?.status ?? 503
            }
            #expect(status == 200)
        }
    }

    @Test func answersEarlyWhileBodyIsStillComing() async throws {
        try await withServer(handler: { _ in .text("who?", status: 401) }) { port in
            let client = try TestClient(port: port)
            let size = 50 << 20
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
            // A client that reads nothing before it has sent everything.
            let sent = try await client.sendRepeatedly([UInt8](repeating: 0, count: 1 << 20), count: size >> 20)
            #expect(sent == size)
            let response = try await client.response()
            #expect(response.status == 401)
            #expect(response.header("connection") == "close")
        }
    }

    @Test func answersEarlyWithMoreThanTheSystemBuffers() async throws {
        let answer = [UInt8](repeating: 0x61, count: 16 << 20)
        try await withServer(handler: { _ in HTTPResponse(status: 401, body: .bytes(answer)) }) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 64 << 10)
            let size = 16 << 20
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
            let sent = try await client.sendRepeatedly([UInt8](repeating: 0, count: 1 << 20), count: size >> 20)
            #expect(sent == size)
            #expect(try await client.response().body.count == answer.count)
        }
    }

    @Test func dropsOnlySoMuchAfterTheAnswer() async throws {
        try await withServer({ $0.lingerBytes = 1 << 20 }, handler: { _ in .text("who?", status: 401) }) { port in
            let client = try TestClient(port: port)
            let size = 1 << 30
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n")
            let sent = try await client.sendRepeatedly([UInt8](repeating: 0, count: 1 << 20), count: size >> 20)
            #expect(sent < size / 2)
        }
    }

    @Test func takesNoDeclaredBodyAboveTheLimit() async throws {
        let handled = Observed<String>()
        try await withServer({ $0.maximumBodyBytes = 10 }) { request in
            handled.put(request.path)
            return .text("")
        } _: { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange("POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n")
            #expect(response.status == 413)
            let other = try TestClient(port: port)
            _ = try await other.exchange("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789")
            #expect(await handled.next() == "/small")
        }
    }
}
