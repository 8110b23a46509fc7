import ParleyHTTP
import Synchronization
import Testing

/// Peers that leave, stall, or don't read.
@Suite(.timeLimit(.minutes(15))) struct FlowTests {
    /// More than the buffers of the engine and of the system on both sides can hold.
    private static let moreThanBuffers = 64 << 20
    private static let allBuffers = 24 << 20

    private static let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func tellsReaderOfTruncatedBody() async throws {
        let errors = Observed<String>()
        try await withServer { request in
            do { _ = try await request.body.collect(upTo: 100) } catch { errors.put("\(error)") }
            return .text("")
        } _: { port in
            let client = try TestClient(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n0123456789")
            client.endSending()
            #expect(await errors.next() == "truncated")
            #expect(try await TestClient(port: port).exchange(Self.get).status == 200)
        }
    }

    @Test(arguments: [false, true])
    func cancelsHandlerOnDisconnect(withReset: Bool) async throws {
        let events = Observed<String>()
        try await withServer { _ in
            events.put("started")
            do { try await Task.sleep(for: .seconds(3_600)) } catch { events.put("cancelled") }
            return .text("")
        } _: { port in
            do {
                let client = try TestClient(port: port)
                try await client.send(Self.get)
                #expect(await events.next() == "started")
                if withReset { client.resetOnClose() } else { client.disconnect() }
            }
            #expect(await events.next() == "cancelled")
        }
    }

    @Test func cancelsComputingHandlerOnDisconnect() async throws {
        let events = Observed<String>()
        try await withServer { _ in
            events.put("started")
            while !Task.isCancelled { await Task.yield() }
            events.put("cancelled")
            return .text("")
        } _: { port in
            let client = try TestClient(port: port)
            try await client.send(Self.get)
            #expect(await events.next() == "started")
            client.disconnect()
            #expect(await events.next() == "cancelled")
        }
    }

    /// The engine doesn't read from the peer here, so it has to ask for its end.
    ///
    /// What is sent fits the system's buffers:
    /// otherwise the end itself would have to wait until the server reads.
    @Test func cancelsHandlerThatLeavesTheBodyUnread() async throws {
        let events = Observed<String>()
        try await withServer({ $0.bodyBufferBytes = 1_024 }) { request in
            events.put("started")
            do { try await Task.sleep(for: .seconds(3_600)) } catch { events.put("cancelled") }
            do { for try await _ in request.body {} } catch { events.put("\(error)") }
            return .text("")
        } _: { port in
            let client = try TestClient(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n")
            try await client.send([UInt8](repeating: 0, count: 20_000))
            #expect(await events.next() == "started")
            client.disconnect()
            #expect(await events.next() == "cancelled")
            #expect(await events.next() == "truncated")
        }
    }

    @Test func endsStreamOnDisconnect() async throws {
        let events = Observed<String>()
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    do {
                        while true { try await writer.write([UInt8](repeating: 0, count: 10_000)) }
                    } catch {
                        events.put("\(error)")
                    }
                })
        }
        try await withServer(handler: handler) { port in
            let client = try TestClient(port: port)
            try await client.send(Self.get)
            _ = try await client.receive(limit: 1_000)
            client.disconnect()
            #expect(await events.next() == "disconnected")
        }
    }

    @Test func suspendsWriterWhilePeerDoesNotRead() async throws {
        let written = Observed<Int>()
        let total = Self.moreThanBuffers
        let count = Counter()
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    let piece = [UInt8](repeating: 7, count: 64 << 10)
                    while count.value < total {
                        try await writer.write(piece)
                        count.add(piece.count)
                    }
                    written.put(count.value)
                })
        }
        try await withServer(handler: handler) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 64 << 10)
            try await client.send(Self.get)
            // Gives a writer without backpressure the time to be caught; a slow machine can only miss it.
            try await Task.sleep(for: .milliseconds(300))
            #expect(count.value < Self.allBuffers)
            #expect(try await client.response().body.count == total)
            #expect(await written.next() == total)
        }
    }

    @Test func stopsPeerWhileBodyIsNotRead() async throws {
        let gate = Observed<Void>()
        let total = Self.moreThanBuffers
        let sent = Counter()
        try await withServer { request in
            await gate.next()
            var count = 0
            do { for try await piece in request.body { count += piece.count } } catch { return .text("\(error)") }
            return .text("\(count)")
        } _: { port in
            let client = try TestClient(port: port)
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(total)\r\n\r\n")
            let sender = Task {
                let piece = [UInt8](repeating: 7, count: 64 << 10)
                while sent.value < total {
                    try await client.send(piece)
                    sent.add(piece.count)
                }
            }
            try await Task.sleep(for: .milliseconds(300))
            #expect(sent.value < Self.allBuffers)
            gate.put(())
            try await sender.value
            #expect(try await client.response().text == "\(total)")
        }
    }

    @Test func endsDrippingHeadersAtTheDeadline() async throws {
        try await withServer({ $0.headerDeadline = .milliseconds(300) }, handler: echo) { port in
            let client = try TestClient(port: port)
            try await client.send("GET / HTTP/1.1\r\nHost: h\r\nX: ")
            let drip = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(20))
                    try client.sendBeside("x")
                }
            }
            let response = try await client.response()
            drip.cancel()
            #expect(response.status == 408)
            #expect(response.text == "header_timeout")
        }
    }

    @Test func closesSilentConnections() async throws {
        try await withServer(
            {
                $0.headerDeadline = .milliseconds(200)
                $0.idleTimeout = .milliseconds(200)
            }, handler: echo
        ) { port in
            let silent = try TestClient(port: port)
            #expect(try await silent.receive().isEmpty)
            let idle = try TestClient(port: port)
            #expect(try await idle.exchange(Self.get).status == 200)
            #expect(try await idle.receive().isEmpty)
        }
    }

    @Test func answersStalledBodyWith408() async throws {
        let errors = Observed<String>()
        try await withServer({ $0.bodyIdleTimeout = .milliseconds(200) }) { request in
            do { _ = try await request.body.collect(upTo: 100) } catch { errors.put("\(error)") }
            return .text("too late")
        } _: { port in
            let client = try TestClient(port: port)
            let response = try await client.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n012")
            #expect(response.status == 408)
            #expect(response.text == "body_timeout")
            #expect(await errors.next() == "truncated")
        }
    }

    @Test func dropsPeerThatNeverReads() async throws {
        let events = Observed<String>()
        let handler: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    do {
                        while true { try await writer.write([UInt8](repeating: 0, count: 64 << 10)) }
                    } catch {
                        events.put("\(error)")
                    }
                })
        }
        try await withServer({ $0.writeIdleTimeout = .milliseconds(300) }, handler: handler) { port in
            let client = try TestClient(port: port)
            try await client.send(Self.get)
            #expect(await events.next() == "disconnected")
            _ = try await client.receive(limit: 1)
        }
    }

    @Test func keepsBodyOfAnAnsweredRequestClosed() async throws {
        let bodies = Observed<HTTPBody>()
        try await withServer { request in
            bodies.put(request.body)
            return .text("early")
        } _: { port in
            let client = try TestClient(port: port)
            _ = try await client.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
            _ = try await client.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\ndef")
            let first = try #require(await bodies.next())
            await #expect(throws: HTTPBodyError.disconnected) { try await first.collect(upTo: 3) }
        }
    }
}

/// A number that a handler and a test share.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add(_ amount: Int) { count.withLock { $0 += amount } }
}
