import ParleyHTTP
import Testing

/// Requests and answers as clients normally send them.
@Suite(.timeLimit(.minutes(15))) struct RequestTests {
    @Test func answersGet() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange("GET /a%20b/c?x=1&y=%C3%A9+z&flag HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(response.status == 200)
            #expect(response.text == "GET /a b/c [x=1,y=é z,flag=] ")
            #expect(response.header("x-request-id")?.hasPrefix("req_") == true)
            #expect(response.header("x-request-id")?.count == 36)
            #expect(response.header("date")?.hasSuffix("GMT") == true)
            #expect(response.header("content-length") == String(response.body.count))
            #expect(response.header("connection") == "keep-alive")
        }
    }

    @Test func readsBodyOfDeclaredLength() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
            #expect(response.text == "POST / [] hello")
        }
    }

    @Test func readsChunkedBody() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            let body = "5;a=\"b\"\r\nhello\r\nA\r\n, chunked!\r\n0\r\nTrailer: x\r\n\r\n"
            #expect(try await client.exchange(head + body).text == "POST / [] hello, chunked!")
            // The connection goes on behind the body.
            #expect(try await client.exchange("GET /next HTTP/1.1\r\nHost: h\r\n\r\n").text == "GET /next [] ")
        }
    }

    @Test func takesRequestsByteByByte() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            let request = "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            for byte in request.utf8 { try await client.send([byte]) }
            #expect(try await client.response().text == "POST /x [] abc")
        }
    }

    @Test func keepsConnectionForFurtherRequests() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            var ids: Set<String> = []
            for index in 0..<20 {
                let response = try await client.exchange("GET /\(index) HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(response.text == "GET /\(index) [] ")
                ids.insert(response.header("x-request-id") ?? "")
            }
            #expect(ids.count == 20)
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            try await client.send(
                "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
                    + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            #expect(try await client.response().text == "POST /1 [] one")
            #expect(try await client.response().text == "GET /2 [] ")
            let last = try await client.response()
            #expect(last.text == "GET /3 [] ")
            #expect(last.header("connection") == "close")
            #expect(try await client.receive().isEmpty)
        }
    }

    @Test func sendsNoBodyToHead() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            try await client.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n")
            let response = try await client.response(toHead: true)
            #expect(response.header("content-length") == String("HEAD /h [] ".utf8.count))
            #expect(try await client.exchange("GET /g HTTP/1.1\r\nHost: h\r\n\r\n").text == "GET /g [] ")
        }
    }

    @Test func sendsContinueWhenBodyIsRead() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(try await client.response().status == 100)
            try await client.send("ok")
            #expect(try await client.response().text == "POST / [] ok")
        }
    }

    @Test func sendsNoContinueWhenBodyIsNotRead() async throws {
        try await withServer(handler: { _ in .text("no", status: 401) }) { port in
            let client = try TestClient(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            let response = try await client.response()
            #expect(response.status == 401)
            #expect(response.header("connection") == "close")
        }
    }

    @Test func streamsInChunks() async throws {
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    for piece in ["one", "", "two"] { try await writer.write(Array(piece.utf8)) }
                })
        }
        try await withServer(handler: handler) { port in
            let client = try TestClient(port: port)
            for _ in 0..<2 {
                let response = try await client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(response.header("transfer-encoding") == "chunked")
                #expect(response.text == "onetwo")
            }
            let old = try TestClient(port: port)
            try await old.send("GET / HTTP/1.0\r\n\r\n")
            let response = try await old.response()
            #expect(response.header("transfer-encoding") == nil)
            #expect(response.header("connection") == "close")
            #expect(response.text == "onetwo")
        }
    }

    @Test func cutsConnectionWhenStreamFails() async throws {
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("half".utf8))
                    throw CancellationError()
                })
        }
        try await withServer(handler: handler) { port in
            let client = try TestClient(port: port)
            try await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let all = try await client.receiveAll()
            #expect(all.hasSuffix("4\r\nhalf\r\n"))
        }
    }

    @Test func answersUpgradeRequestPlainly() async throws {
        try await withServer(handler: echo) { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange(
                "GET /v1/realtime HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
            #expect(response.text == "GET /v1/realtime [] ")
        }
    }

    @Test func keepsResponseHeadersFromBreakingTheMessage() async throws {
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            var headers: HTTPHeaders = ["x-a": "1\r\nx-injected: 2", "bad name": "3", "x-b\r\nx-injected": "4"]
            headers.add("content-length", "999")
            headers.add("Connection", "close")
            headers.add("set-cookie", "a")
            headers.add("set-cookie", "b")
            return HTTPResponse(status: 200, headers: headers, body: .bytes([0x78]))
        }
        try await withServer(handler: handler) { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(response.header("x-injected") == nil)
            #expect(response.header("x-a") == "1 x-injected: 2")
            #expect(response.header("content-length") == "1")
            #expect(response.header("connection") == "keep-alive")
            #expect(response.head.contains("set-cookie: a\r\nset-cookie: b\r\n"))
        }
    }

    @Test func acceptsLongHeaderLine() async throws {
        try await withServer(handler: { .text(String($0.headers["x-long"]?.count ?? 0)) }) { port in
            let client = try TestClient(port: port)
            let value = String(repeating: "v", count: 9_000)
            let response = try await client.exchange("GET / HTTP/1.1\r\nHost: h\r\nX-Long: \(value)\r\n\r\n")
            #expect(response.text == "9000")
        }
    }

    @Test func servesManyConnectionsAtOnce() async throws {
        try await withServer(handler: echo) { port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let client = try TestClient(port: port)
                        for round in 0..<3 {
                            let response = try await client.exchange(
                                "POST /\(index) HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n\(round)")
                            #expect(response.text == "POST /\(index) [] \(round)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
