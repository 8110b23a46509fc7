import Foundation
import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import parley

@Suite struct DiarizeCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func harness(output: MemorySink = MemorySink()) -> CommandHarness {
        var harness = CommandHarness(output: output)
        harness.composition.diarization = { _ in
            DiarizationPipeline(
                decoder: FakeDecoder(seconds: 10), detector: FakeDetector(periodSeconds: 5, speechSeconds: 3),
                diarizer: FakeDiarizer(turnSeconds: 5), readerThreadCount: 1)
        }
        return harness
    }

    @Test func writesRTTMToAPipe() async throws {
        let harness = harness()
        #expect(await harness.run("diarize", try folder.file("my talk.wav")) == .success)
        #expect(
            harness.output.text
                == "SPEAKER my_talk 1 0.000 5.000 <NA> <NA> A <NA> <NA>\n"
                + "SPEAKER my_talk 1 5.000 5.000 <NA> <NA> B <NA> <NA>\n")
        let summary = try #require(harness.errors.lines.last)
        #expect(summary.hasPrefix("my talk.wav: 0:10 of audio in ") && summary.hasSuffix(", 2 speakers"))
    }

    @Test func writesLinesToATerminal() async throws {
        let harness = harness(output: MemorySink(terminalWidth: 80))
        #expect(await harness.run("diarize", "-q", try folder.file("a.wav")) == .success)
        #expect(harness.output.text == "00:00:00.000 --> 00:00:05.000 A\n00:00:05.000 --> 00:00:10.000 B\n")
        #expect(harness.errors.text.isEmpty)
    }

    @Test func writesJSONWithEverything() async throws {
        let harness = harness()
        #expect(await harness.run("diarize", "-q", "-f", "json", try folder.file("a.wav")) == .success)
        #expect(
            harness.output.text
                == #"{"file":"a","duration":10.0,"speakers":["A","B"],"turns":["#
                + #"{"start":0.0,"end":5.0,"speaker":"A","confidence":1.0,"overlap":0.0},"#
                + #"{"start":5.0,"end":10.0,"speaker":"B","confidence":1.0,"overlap":0.0}],"exclusive_turns":[]}"#
                + "\n")
    }

    @Test func writesFilesOfEveryFormat() async throws {
        let harness = harness()
        let out = folder.path + "/out"
        let code = await harness.run(
            "diarize", try folder.file("a.wav"), try folder.file("b.wav"), "-o", out, "-f", "rttm,json,text")
        #expect(code == .success)
        let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        #expect(names == ["a.json", "a.rttm", "a.txt", "b.json", "b.rttm", "b.txt"])
        #expect(harness.errors.lines.last?.hasPrefix("2 inputs diarized, 0 failed; 0:20 of audio") == true)
    }

    @Test func oneFailureDoesNotStopTheRest() async throws {
        let harness = harness()
        #expect(
            await harness.run("diarize", folder.path + "/none.wav", try folder.file("a.wav")) == .someInputsFailed)
        #expect(harness.output.text.contains("SPEAKER a 1 "))
        #expect(harness.errors.lines.contains("parley: none.wav: no such file"))
    }

    @Test(arguments: [
        ([], "diarize needs at least one FILE, or - for standard input"),
        (["a", "-f", "srt"], "unknown format srt"),
        (["a", "-f", "rttm,json"], "several formats need --output DIR"),
        (
            ["a", "--speakers", "2", "--min-speakers", "1"],
            "--speakers can't be combined with --min-speakers or --max-speakers"
        ),
        (
            ["a", "--channels", "split", "--speakers", "2"],
            "--channels split can't be combined with a number of speakers"
        ),
        (["a", "--channels", "splt"], "unknown mode of --channels splt; did you mean split?"),
    ])
    func refusesBadUsage(_ words: [String], _ message: String) async {
        let harness = harness()
        #expect(await harness.run(["diarize"] + words) == .usage)
        #expect(harness.errors.lines.first == "parley: \(message)")
    }

    @Test func channelsReachTheTranscriber() async throws {
        let transcriber = FakeTranscriber()
        let harness = CommandHarness(transcriber: transcriber)
        _ = await harness.run("transcribe", try folder.file("a.wav"), "--channels", "split")
        let options = try #require(transcriber.asked.all.first).options
        #expect(options.channels == .split() && options.diarization == nil)
    }

    @Test func labelsCanBeLeftOut() async throws {
        let harness = CommandHarness()
        #expect(await harness.run("transcribe", "-q", "--no-speaker-labels", try folder.file("a.wav")) == .success)
        #expect(harness.output.text == "good morning hello there\n")
    }
}
