import Foundation
import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// A voice keeps its name between two calls, in other processes.
    ///
    /// The conversation is put together of LibriSpeech's readers 367 and 533; its first 48 s hold other utterances than
    /// the one that 367 is enrolled with.
    @Suite(
        .timeLimit(.minutes(15)),
        .enabled(if: TestEnvironment.testData != nil, "PARLEY_TEST_DATA is not set: no real recordings"))
    struct SpeakerProfileTests {
        private let data: TemporaryFolder
        private let reference: String
        private let stranger: String
        private let conversation: String

        init() throws {
            data = try TemporaryFolder()
            for name in ["lib", "models"] {
                try FileManager.default.createSymbolicLink(
                    atPath: data.path(name), withDestinationPath: "\(TestEnvironment.dataDirectory)/\(name)")
            }
            let audio = try #require(TestEnvironment.testData) + "/audio"
            reference = "\(audio)/librispeech/367-130732-0003.flac"
            stranger = "\(audio)/librispeech/1688-142285-0001.flac"
            conversation = data.path("talk.wav")
            let ffmpeg = try #require(CommandLineTool("ffmpeg"), "ffmpeg is not installed: run `scripts/setup` first")
            try ffmpeg.run([
                "-nostdin", "-loglevel", "error", "-i", "\(audio)/conversations/conv_2spk.flac", "-t", "48",
                conversation,
            ])
        }

        private func run(_ words: String...) async throws -> ChildProcess.Outcome {
            try await ParleyBinary.run(words + ["--data-dir", data.url.path])
        }

        /// Turns of an RTTM file as (start, name).
        private func turns(_ text: String) -> [(start: Double, name: String)] {
            text.split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                return (Double(fields[3]) ?? -1, String(fields[7]))
            }
        }

        @Test func commands() async throws {
            for (name, file) in [("Ruth", reference), ("Abel", stranger)] {
                let enrolled = try await run("speakers", "enrol", name, file)
                #expect(enrolled.status == 0, "\(enrolled.errors)")
            }
            #expect(try await run("speakers", "list").output.split(separator: "\n").count == 2)
            let words = ["-q", "--format", "rttm", "--speaker-profiles", "all"]
            let outcome = try await ParleyBinary.run(
                ["diarize", conversation, "--data-dir", data.url.path] + words)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let turns = turns(outcome.output)
            // 367 begins, 533 answers; 1688 is not there.
            #expect(turns.first?.name == "Ruth")
            #expect(Set(turns.map(\.name)) == ["Ruth", "A"], "\(outcome.output)")
            #expect(turns.filter { $0.start > 13 && $0.start < 19 }.allSatisfy { $0.name == "A" })

            // Stricter than any voice is similar to itself: nobody is known.
            let strict = try await ParleyBinary.run(
                ["diarize", conversation, "--data-dir", data.url.path, "--known-speaker-threshold", "1"] + words)
            #expect(Set(self.turns(strict.output).map(\.name)) == ["A", "B"], "\(strict.output)")

            let mixed = try await run("speakers", "enrol", "Both", conversation)
            #expect(mixed.status == 65 && mixed.errors.contains("more than one voice"), "\(mixed.errors)")
            #expect(try await run("speakers", "remove", "ruth").status == 0)
            #expect(try await run("transcribe", conversation, "--speaker-profiles", "Ruth").status == 66)
        }

        @Test func servers() async throws {
            let options = ["--data-dir", data.url.path, "--speaker-profiles"]
            let client = PythonClient(script: "speaker_profiles")
            try await ServerProcess.with(options) { server in
                try await client.verify(
                    ["enrol", server.url, reference, conversation], within: .seconds(120), atLeast: 4)
            }
            try await ServerProcess.with(options) { server in
                try await client.verify(
                    ["recognise", server.url, reference, conversation], within: .seconds(240), atLeast: 4)
            }
            try await ServerProcess.with(["--data-dir", data.url.path]) { server in
                try await client.verify(["off", server.url, reference, conversation], within: .seconds(60), atLeast: 1)
            }
        }
    }
}
