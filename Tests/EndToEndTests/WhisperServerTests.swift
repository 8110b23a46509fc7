import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// A server with a Whisper model, on the tests' own network of random weights.
    @Suite struct WhisperServerTests {
        @Test(.timeLimit(.minutes(15)), arguments: ["whisper-mini", "whisper-mini-sherpa"])
        func servesRequestsInBatches(model: String) async throws {
            let folder = RepositoryFile.path("Tests/Fixtures/\(model)")
            // Random weights write nonsense, which would be tried again at every temperature.
            let options = [
                "--model", folder, "--max-concurrent-requests", "8", "--temperature-increment", "0", "--beam-size", "1",
                "--no-speech-threshold", "off", "--compute-type", "float32", "--batch-wait", "50ms",
            ]
            try await ServerProcess.with(options) { server in
                try await PythonClient(script: "whisper_server").verify(
                    [server.url, model], within: .seconds(540), atLeast: 13)
            }
        }
    }
}
