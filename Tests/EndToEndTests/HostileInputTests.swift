import Testing

extension EndToEndTests {
    /// Uploads, fields, forms and HTTP that are broken or mean harm.
    @Suite struct HostileInputTests {
        @Test(.timeLimit(.minutes(15))) func hostileInputIsAnsweredAndDoesNoHarm() async throws {
            try await ServerProcess.with { server in
                try await PythonClient(script: "hostile_inputs").verify(
                    [server.url], within: .seconds(240), atLeast: 100)
            }
        }
    }
}
