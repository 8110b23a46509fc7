import Testing

extension EndToEndTests {
    /// Memory of the server.
    @Suite struct UploadMemoryTests {
        @Test(.timeLimit(.minutes(15))) func twoGigabytesGoToDisk() async throws {
            try await ServerProcess.with { server in
                try await PythonClient(script: "upload_memory").verify(
                    [server.url, "\(server.process.identifier)", "2048"], within: .seconds(240))
            }
        }
    }
}
