import Foundation
import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// What the bundled models make of recordings whose truth is known.
    @Suite struct AccuracyTests {
        @Test(.timeLimit(.minutes(15))) func dialoguesOfKnownTruthAreTranscribedWell() async throws {
            try await ServerProcess.with { server in
                try await PythonClient(script: "accuracy").verify([server.url], within: .seconds(300), atLeast: 3)
            }
        }

        @Test(
            .enabled(if: TestEnvironment.testData != nil, "PARLEY_TEST_DATA names no folder with real recordings"),
            .timeLimit(.minutes(15)))
        func aRealConversationHasTextAndTwoSpeakers() async throws {
            let recording = try #require(TestEnvironment.testData) + "/audio/conversation/sample.wav"
            let run = try await ParleyBinary.run(["transcribe", "--format", "diarized_json", recording])
            #expect(run.status == 0, "\(run.errors)")
            let transcript = try JSONDecoder().decode(DiarizedTranscript.self, from: Data(run.output.utf8))
            #expect(transcript.segments.contains { !$0.text.isEmpty })
            #expect(transcript.speakers.count == 2)
        }
    }
}
