import Testing

extension EndToEndTests {
    /// Many clients at once, overload, clients that go away, the end of the server.
    @Suite struct ConcurrencyTests {
        private static let onePlace = ["--max-concurrent-requests", "1", "--drain-grace", "5m"]

        @Test(.timeLimit(.minutes(15))) func manyClientsAtOnceDoNotDisturbEachOther() async throws {
            try await ServerProcess.with(["--max-concurrent-requests", "4"]) { server in
                try await PythonClient(script: "concurrency").verify([server.url], within: .seconds(240), atLeast: 6)
            }
        }

        @Test(.timeLimit(.minutes(15))) func moreThanTheLimitsIsRefused() async throws {
            let options = [
                "--max-concurrent-requests", "1", "--queue-length", "1", "--api-keys", "right-key",
                "--max-upload-bytes", "4MiB",
            ]
            try await ServerProcess.with(options) { server in
                try await PythonClient(script: "limits").verify([server.url], within: .seconds(240), atLeast: 3)
            }
        }

        @Test(.timeLimit(.minutes(15))) func runningRequestsMayEndAfterTheSignal() async throws {
            try await ServerProcess.with(Self.onePlace, endingWith: .itself(0)) { server in
                try await PythonClient(script: "shutdown").verify(
                    [server.url, "\(server.process.identifier)", "1"], within: .seconds(240))
            }
        }

        @Test(.timeLimit(.minutes(15))) func aSecondSignalEndsTheServerAtOnce() async throws {
            try await ServerProcess.with(Self.onePlace, endingWith: .itself(143)) { server in
                try await PythonClient(script: "shutdown").verify(
                    [server.url, "\(server.process.identifier)", "2"], within: .seconds(240))
            }
        }
    }
}
