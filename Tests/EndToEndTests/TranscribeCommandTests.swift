import Foundation
import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// `parley transcribe` as a person or a script runs it.
    @Suite(.timeLimit(.minutes(15))) struct TranscribeCommandTests {
        let folder: TemporaryFolder
        let clip: Clip

        init() throws {
            folder = try TemporaryFolder()
            clip = try Clip.greeting(in: folder)
        }

        /// The formats with the endings of their files.
        static let endings = [
            "pretty": "pretty.txt", "text": "txt", "json": "json", "verbose_json": "verbose.json",
            "diarized_json": "diarized.json", "srt": "srt", "vtt": "vtt", "rttm": "rttm", "tsv": "tsv",
        ]

        @Test func everyFormatIsWrittenToAFolder() async throws {
            let output = folder.path("deep/out")
            let formats = Self.endings.keys.sorted().joined(separator: ",")
            let run = try await ParleyBinary.run(["transcribe", clip.path, "--format", formats, "--output", output])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.isEmpty)
            let names = try FileManager.default.contentsOfDirectory(atPath: output)
            #expect(Set(names) == Set(Self.endings.values.map { "clip.\($0)" }))
            for (format, ending) in Self.endings where format != "rttm" {
                let text = try String(contentsOfFile: "\(output)/clip.\(ending)", encoding: .utf8)
                #expect(clip.isUnderstood(in: text), "\(format): \(text)")
            }
            let turns = try String(contentsOfFile: "\(output)/clip.rttm", encoding: .utf8)
            #expect(turns.hasPrefix("SPEAKER clip 1 "))
        }

        @Test(arguments: [
            ("text", "A: "), ("json", #"{"text":""#), ("verbose_json", #"{"task":"transcribe""#), ("srt", "1\n00:00:0"),
            ("vtt", "WEBVTT\n\n00:00:0"), ("rttm", "SPEAKER clip 1 "), ("tsv", "start\tend\t"), ("pretty", "[00:0"),
        ])
        func aFormatGoesToStandardOutput(format: String, beginning: String) async throws {
            let run = try await ParleyBinary.run(["transcribe", "--quiet", "--format", format, clip.path])
            #expect(run.status == 0)
            #expect(run.output.hasPrefix(beginning), "\(run.output)")
            #expect(run.errors.isEmpty)
        }

        @Test func standardInputIsARecording() async throws {
            let run = try await ParleyBinary.run(["transcribe", "--no-diarize", "-"], input: clip.path)
            #expect(run.status == 0, "\(run.errors)")
            #expect(clip.isUnderstood(in: run.output))
            #expect(!run.output.contains("A: "))
        }

        @Test func aFilmIsARecording() async throws {
            let film = folder.path("film.mp4")
            let ffmpeg = try #require(CommandLineTool("ffmpeg"), "ffmpeg is not installed: run `scripts/setup` first")
            try ffmpeg.run([
                "-nostdin", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=5", "-i", clip.path, "-shortest", film,
            ])
            let run = try await ParleyBinary.run(["transcribe", film])
            #expect(run.status == 0, "\(run.errors)")
            #expect(clip.isUnderstood(in: run.output))
        }

        @Test func oneBadInputDoesNotStopTheOthers() async throws {
            let bad = try folder.write("bad.wav", Array("no sounds\n".utf8))
            let other = try Clip("how long will the work take", voice: "rms", name: "other.wav", in: folder)
            let output = folder.path("out")
            let run = try await ParleyBinary.run(
                ["transcribe", clip.path, bad, folder.path("missing.wav"), other.path, "--output", output])
            #expect(run.status == 1)
            #expect(Set(try FileManager.default.contentsOfDirectory(atPath: output)) == ["clip.txt", "other.txt"])
            #expect(other.isUnderstood(in: try String(contentsOfFile: output + "/other.txt", encoding: .utf8)))
            #expect(run.errors.contains("bad.wav") && run.errors.contains("missing.wav"))
        }

        @Test func badInputHasItsExitCodes() async throws {
            let bad = try folder.write("bad.wav", Array("no sounds\n".utf8))
            let missing = folder.path("missing.wav")
            #expect(try await ParleyBinary.run(["transcribe", bad]).status == 65)
            #expect(try await ParleyBinary.run(["transcribe", missing]).status == 66)
            #expect(try await ParleyBinary.run(["transcribe", bad, missing]).status == 2)
            #expect(try await ParleyBinary.run(["transcribe", clip.path, "--output", "/proc/parley"]).status == 73)
        }

        @Test func speakersAreCountedOrLeftOut() async throws {
            let script = try folder.write(
                "talk.txt",
                Array("slt: How long will the work take?\nrms: It will take about nine months.\n".utf8))
            let make = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../scripts/make_dialogue.py")
            try #require(CommandLineTool("python3")).run([
                make.standardized.path, "--script", script, "--output", folder.path("talk"),
            ])
            let talk = folder.path("talk.wav")
            let two = try await ParleyBinary.run(["transcribe", "--speakers", "2", "-f", "diarized_json", talk])
            let transcript = try JSONDecoder().decode(DiarizedTranscript.self, from: Data(two.output.utf8))
            #expect(transcript.speakers == ["A", "B"])
            let one = try await ParleyBinary.run(["transcribe", "--max-speakers", "1", "-f", "diarized_json", talk])
            #expect(try JSONDecoder().decode(DiarizedTranscript.self, from: Data(one.output.utf8)).speakers == ["A"])
            let none = try await ParleyBinary.run(["transcribe", "--no-diarize", "-f", "verbose_json", talk])
            let plain = try JSONDecoder().decode(VerboseTranscript.self, from: Data(none.output.utf8))
            #expect(!plain.segments.isEmpty && plain.segments.allSatisfy { $0.speaker == nil })
        }

        @Test func aTerminalShowsWhatHappens() async throws {
            try await PythonClient(script: "terminal").verify([ParleyBinary.path()], within: .seconds(120), atLeast: 2)
        }

        @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
        func aSignalLeavesNoHalfWrittenFile(signal: Int32, status: Int32) async throws {
            let output = folder.path("out")
            let temporary = try TemporaryFolder()
            let sample = TestEnvironment.dataDirectory + "/samples/dialogue.wav"
            let process = try ParleyBinary.start(
                ["transcribe", "-", "--output", output], input: sample, temporaryFolder: temporary)
            try await process.wait(for: "copy of the input", within: .seconds(60)) {
                try !FileManager.default.contentsOfDirectory(atPath: temporary.url.path).isEmpty
            }
            process.signal(signal)
            #expect(try await process.outcome(within: .seconds(20)).status == status)
            #expect(!FileManager.default.fileExists(atPath: output + "/stdin.txt"))
            #expect((try? FileManager.default.contentsOfDirectory(atPath: output)) ?? [] == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.url.path).isEmpty)
        }
    }
}
