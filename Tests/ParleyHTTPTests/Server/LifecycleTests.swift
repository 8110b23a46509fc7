import ParleyHTTP
import Testing

@Suite(.timeLimit(.minutes(15))) struct LifecycleTests {
    private static let get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    /// Suspends until the port takes no connections any more.
    private func untilClosed(_ port: Int) async {
        while (try? TestClient(port: port)) != nil { await Task.yield() }
    }

    @Test func letsRunningRequestFinish() async throws {
        let started = Observed<Void>()
        let gate = Observed<Void>()
        let server = makeServer(HTTPServerConfiguration()) { _ in
            started.put(())
            await gate.next()
            return .text(Task.isCancelled ? "cancelled" : "finished")
        }
        let (host, port) = try await server.start()
        #expect(host == "127.0.0.1")
        let idle = try TestClient(port: port)
        let busy = try TestClient(port: port)
        try await busy.send(Self.get)
        await started.next()
        let shutdown = Task { await server.shutdown(grace: .seconds(3_600)) }
        await untilClosed(port)
        #expect(try await idle.receive().isEmpty)
        gate.put(())
        let response = try await busy.response()
        #expect(response.text == "finished")
        #expect(response.header("connection") == "close")
        await shutdown.value
    }

    @Test func cancelsRequestsWhenTheGraceEnds() async throws {
        let events = Observed<String>()
        let server = makeServer(HTTPServerConfiguration()) { _ in
            events.put("started")
            do { try await Task.sleep(for: .seconds(3_600)) } catch { events.put("cancelled") }
            return .text("")
        }
        let (_, port) = try await server.start()
        let client = try TestClient(port: port)
        try await client.send(Self.get)
        #expect(await events.next() == "started")
        await server.shutdown(grace: .milliseconds(50))
        #expect(await events.next() == "cancelled")
        #expect((try? await client.receive())?.isEmpty != false)
        await server.shutdown(grace: .zero)
    }

    @Test func saysWhenThePortIsTaken() async throws {
        try await withServer(handler: echo) { port in
            let second = makeServer(HTTPServerConfiguration(host: "127.0.0.1", port: port), handler: echo)
            let error = await #expect(throws: HTTPServerError.self) { _ = try await second.start() }
            #expect(error?.code == .addressInUse)
            #expect(error?.message.contains("\(port)") == true)
            await second.shutdown(grace: .zero)
        }
    }

    @Test(arguments: [("256.1.1.1", 0), ("192.0.2.1", 0), ("127.0.0.1", 65_536), ("127.0.0.1", -1)])
    func refusesForeignAddresses(host: String, port: Int) async {
        let server = makeServer(HTTPServerConfiguration(host: host, port: port), handler: echo)
        let error = await #expect(throws: HTTPServerError.self) { _ = try await server.start() }
        #expect(error?.code == .invalidAddress)
    }

    @Test func startsOnce() async throws {
        let server = makeServer(HTTPServerConfiguration(), handler: echo)
        _ = try await server.start()
        let error = await #expect(throws: HTTPServerError.self) { _ = try await server.start() }
        #expect(error?.code == .alreadyStarted)
        await server.shutdown(grace: .zero)
    }
}
