import Testing

extension EndToEndTests {
    /// Names for voices that the client knows.
    @Suite struct KnownSpeakerTests {
        @Test(.timeLimit(.minutes(15))) func knownVoicesAreNamedAndStrangersAreNot() async throws {
            try await ServerProcess.with { server in
                try await PythonClient(script: "speakers").verify([server.url], within: .seconds(240), atLeast: 3)
            }
        }
    }
}
