import Foundation
import ParleyTestSupport
import Testing

extension EndToEndTests {
    /// `parley diarize` on recordings that ask too much or too little.
    @Suite(.timeLimit(.minutes(15))) struct DiarizeCommandTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        /// A line of RTTM.
        private struct Turn {
            let start: Double
            let length: Double
            let speaker: String

            init?(_ line: Substring) {
                let fields = line.split(separator: " ")
                guard fields.count == 10, fields[0] == "SPEAKER", let start = Double(fields[3]),
                    let length = Double(fields[4])
                else { return nil }
                self.start = start
                self.length = length
                speaker = String(fields[7])
            }
        }

        private func turns(_ path: String, _ options: [String] = []) async throws -> [Turn] {
            let run = try await ParleyBinary.run(["diarize", "-q", "--format", "rttm"] + options + [path])
            #expect(run.status == 0, "\(run.errors)")
            let turns = run.output.split(separator: "\n").map(Turn.init)
            #expect(!turns.contains { $0 == nil }, "\(run.output)")
            return turns.compactMap(\.self)
        }

        private func speakers(_ turns: [Turn]) -> Set<String> { Set(turns.map(\.speaker)) }

        /// A recording made by FFmpeg.
        private func sound(_ name: String, _ arguments: [String]) throws -> String {
            let ffmpeg = try #require(CommandLineTool("ffmpeg"), "ffmpeg is not installed: run `scripts/setup` first")
            let path = folder.path(name)
            try ffmpeg.run(["-nostdin", "-loglevel", "error"] + arguments + ["-ar", "16000", path])
            return path
        }

        private func spoken(_ voice: String, _ text: String, _ name: String) throws -> String {
            try Clip(text, voice: voice, name: name, in: folder).path
        }

        private static let sentence = "good morning everyone and thank you for coming to this meeting today"

        @Test func silenceHasNoTurns() async throws {
            let path = try sound("silence.wav", ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "20"])
            #expect(try await turns(path).isEmpty)
        }

        @Test func noiseIsNobodyOrNearly() async throws {
            let path = try sound(
                "noise.wav", ["-f", "lavfi", "-i", "anoisesrc=r=16000:a=0.05:c=white:seed=7", "-t", "20"])
            let found = try await turns(path)
            #expect(found.reduce(0) { $0 + $1.length } < 5)
        }

        @Test func aShortClipIsTaken() async throws {
            let long = try spoken("rms", Self.sentence, "long.wav")
            let path = try sound("short.wav", ["-i", long, "-t", "0.5"])
            #expect(try await turns(path).allSatisfy { $0.start + $0.length <= 0.501 })
        }

        @Test func oneSpeakerIsOne() async throws {
            let path = try sound("one.wav", ["-stream_loop", "3", "-i", try spoken("rms", Self.sentence, "rms.wav")])
            #expect(speakers(try await turns(path)) == ["A"])
        }

        @Test func twoVoicesWithTheSameWordsAreTwo() async throws {
            let (a, b) = (try spoken("rms", Self.sentence, "a.wav"), try spoken("slt", Self.sentence, "b.wav"))
            let path = try sound(
                "same.wav",
                [
                    "-i", a, "-i", b, "-filter_complex",
                    "[0]asplit=2[a1][a2];[1]asplit=2[b1][b2];[a1][b1][a2][b2]concat=n=4:v=0:a=1",
                ])
            let found = try await turns(path)
            #expect(speakers(found) == ["A", "B"])
            #expect(found.sorted { $0.start < $1.start }.first?.speaker == "A")
        }

        @Test func heavyOverlapKeepsTurnsInTheRecording() async throws {
            let (a, b) = (try spoken("rms", Self.sentence, "a.wav"), try spoken("slt", Self.sentence, "b.wav"))
            let path = try sound("both.wav", ["-i", a, "-i", b, "-filter_complex", "amix=inputs=2:duration=longest"])
            let found = try await turns(path)
            #expect(!found.isEmpty && speakers(found).count <= 3)
            let alone = try await turns(path, ["--exclusive"]).sorted { $0.start < $1.start }
            for (one, next) in zip(alone, alone.dropFirst()) { #expect(one.start + one.length <= next.start + 0.0011) }
        }

        @Test func withoutSoundThereIsAClearError() async throws {
            let ffmpeg = try #require(CommandLineTool("ffmpeg"))
            let path = folder.path("mute.mp4")
            try ffmpeg.run(["-nostdin", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=5", "-t", "1", path])
            let run = try await ParleyBinary.run(["diarize", path])
            #expect(run.status == 65)
            #expect(run.errors.contains("no audio track"))
        }

        @Test func channelsOfACallAreItsSpeakers() async throws {
            let (a, b) = (try spoken("rms", Self.sentence, "a.wav"), try spoken("slt", Self.sentence, "b.wav"))
            // A speaks first; B begins after six seconds; B's channel has A's echo twenty decibels below.
            let path = try sound(
                "call.wav",
                [
                    "-i", a, "-i", b, "-filter_complex",
                    "[0]apad=whole_dur=12,asplit=2[left][leak];[1]adelay=6000,apad=whole_dur=12[own];"
                        + "[leak]volume=0.1,adelay=20[echo];[own][echo]amix=inputs=2:duration=first:normalize=0[right];"
                        + "[left][right]join=inputs=2:channel_layout=stereo", "-t", "12",
                ])
            let found = try await turns(path, ["--channels", "split"])
            #expect(speakers(found) == ["A", "B"])
            #expect(found.filter { $0.speaker == "A" }.allSatisfy { $0.start + $0.length < 6 })
            #expect(found.filter { $0.speaker == "B" }.allSatisfy { $0.start > 5.8 })
            let one = try await ParleyBinary.run(["diarize", "--channels", "split", a])
            #expect(one.status == 65 && one.errors.contains("one channel"))
            let run = try await ParleyBinary.run(
                ["transcribe", "-q", "--channels", "split", "-f", "diarized_json", path])
            let transcript = try JSONDecoder().decode(DiarizedTranscript.self, from: Data(run.output.utf8))
            #expect(transcript.speakers == ["A", "B"])
            for segment in transcript.segments { #expect((segment.speaker == "A") == (segment.start < 6)) }
        }

        @Test(.enabled(if: TestEnvironment.testData != nil, "PARLEY_TEST_DATA names no folder with real recordings"))
        func twelveRealSpeakersGiveASensibleNumber() async throws {
            let audio = try #require(TestEnvironment.testData) + "/audio"
            let recordings = try ["librispeech", "speakers", "read"].flatMap { folder in
                try FileManager.default.subpathsOfDirectory(atPath: "\(audio)/\(folder)").sorted()
                    .filter { $0.hasSuffix(".flac") || $0.hasSuffix(".wav") }.map { "\(audio)/\(folder)/\($0)" }
            }
            // The file's name begins with the person's number; one recording of each.
            let people = Dictionary(grouping: recordings) { path in
                URL(fileURLWithPath: path).lastPathComponent.prefix { $0 != "-" }
            }
            let chosen = people.values.compactMap(\.first).sorted() + ["\(audio)/jfk.flac"]
            try #require(chosen.count == 12)
            let inputs = chosen.flatMap { ["-t", "8", "-i", $0] }
            let path = try sound("crowd.wav", inputs + ["-filter_complex", "concat=n=12:v=0:a=1", "-ac", "1"])
            let found = speakers(try await turns(path)).count
            #expect((6...16).contains(found), "\(found) speakers")
            #expect(speakers(try await turns(path, ["--speakers", "12"])).count == 12)
        }

        @Test(.enabled(if: TestEnvironment.testData != nil, "PARLEY_TEST_DATA names no folder with real recordings"))
        func aRealCallHasASpeakerForEachChannel() async throws {
            let path = try #require(TestEnvironment.testData) + "/audio/multilingual/stereo_diarization.wav"
            #expect(speakers(try await turns(path, ["--channels", "split"])) == ["A", "B"])
        }
    }
}
