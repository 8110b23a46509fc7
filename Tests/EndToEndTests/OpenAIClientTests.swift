import Testing

extension EndToEndTests {
    /// The official Python client.
    @Suite struct OpenAIClientTests {
        @Test(.timeLimit(.minutes(15))) func theOfficialClientWorksUnchanged() async throws {
            try await ServerProcess.with { server in
                try await PythonClient(script: "openai_client").verify([server.url], within: .seconds(240), atLeast: 50)
            }
        }
    }
}
