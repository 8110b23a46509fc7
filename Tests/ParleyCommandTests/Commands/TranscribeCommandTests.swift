import Foundation
import ParleyCore
import Testing

@testable import parley

@Suite struct TranscribeCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func writesTextToAPipe() async throws {
        let harness = CommandHarness()
        #expect(await harness.run("transcribe", try folder.file("a.wav")) == .success)
        #expect(harness.output.text == "A: good morning\nB: hello there\n")
        #expect(harness.errors.lines.count == 1)
        #expect(harness.errors.text.hasPrefix("a.wav: 0:20 of audio in "))
    }

    @Test func writesForPeopleToATerminal() async throws {
        let harness = CommandHarness(output: MemorySink(terminalWidth: 80))
        #expect(await harness.run("transcribe", "-q", try folder.file("a.wav")) == .success)
        #expect(harness.output.text.hasPrefix("[00:00.5 - 00:02.0] A: good morning\n"))
        #expect(harness.errors.text.isEmpty)
    }

    @Test func headsSeveralDocumentsUnlessTheyNeedNone() async throws {
        let files = [try folder.file("a.wav"), try folder.file("b.wav")]
        let text = CommandHarness()
        #expect(await text.run(["transcribe"] + files) == .success)
        #expect(text.output.lines.filter { $0.hasPrefix("==>") } == ["==> a.wav <==", "==> b.wav <=="])
        #expect(text.errors.lines.last?.hasPrefix("2 inputs transcribed, 0 failed; 0:40 of audio") == true)
        let json = CommandHarness()
        #expect(await json.run(["transcribe", "--json"] + files) == .success)
        #expect(json.output.lines.count == 2 && json.output.lines.allSatisfy { $0.hasPrefix("{") })
    }

    @Test func writesFilesOfEveryFormat() async throws {
        let harness = CommandHarness()
        let out = folder.path + "/deep/out"
        let code = await harness.run(
            "transcribe", try folder.file("x/a.wav"), try folder.file("y/a.mp3"), "-o", out, "--format", "srt,vtt",
            "--format", "json", "--format", "srt")
        #expect(code == .success)
        #expect(harness.output.text.isEmpty)
        let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        #expect(names == ["a-2.json", "a-2.srt", "a-2.vtt", "a.json", "a.srt", "a.vtt"])
        #expect(try folder.text("deep/out/a.srt").hasPrefix("1\n00:00:00,540 --> 00:00:02,000\n"))
        #expect(
            harness.errors.lines.first == "parley: note: \(folder.path)/y/a.mp3 is written as a-2, because a is taken")
    }

    @Test func oneFailureDoesNotStopTheRest() async throws {
        let bad = AudioError(.unsupportedFormat, "This is no recording.", underlying: "secret words of a library")
        let harness = CommandHarness(transcriber: FakeTranscriber(failures: ["bad.wav": bad]))
        let code = await harness.run(
            "transcribe", try folder.file("bad.wav"), folder.path + "/none.wav", folder.path,
            try folder.file("good.wav"))
        #expect(code == .someInputsFailed)
        #expect(harness.output.text.contains("good morning"))
        #expect(harness.errors.lines.contains("parley: bad.wav: This is no recording."))
        #expect(harness.errors.lines.contains("parley: none.wav: no such file"))
        #expect(harness.errors.lines.contains { $0.hasSuffix(": is a folder") })
        #expect(!harness.errors.text.contains("secret"))
    }

    @Test func causesAreShownWhenAskedFor() async throws {
        let bad = AudioError(.corrupt, "Damaged.", underlying: "the library's words")
        let harness = CommandHarness(transcriber: FakeTranscriber(failures: ["bad.wav": bad]))
        #expect(await harness.run("transcribe", "--log-level", "debug", try folder.file("bad.wav")) == .badInput)
        #expect(harness.errors.lines == ["parley: bad.wav: Damaged.", "parley: cause: the library's words"])
    }

    @Test(arguments: [
        ([ExitCode](), 1, ExitCode.success), ([.badInput], 1, .badInput), ([.missingInput], 2, .someInputsFailed),
        ([.badInput, .missingInput], 2, .allInputsFailed), ([], 3, .success),
    ])
    func exitCodes(_ failures: [ExitCode], _ count: Int, _ code: ExitCode) {
        #expect(InputRun.exitCode(failures: failures, of: count) == code)
    }

    @Test(arguments: [
        ([], "transcribe needs at least one FILE, or - for standard input"),
        (["a", "--format", "pdf"], "unknown format pdf"),
        (["a", "--format", "srt,vtt"], "several formats need --output DIR"),
        (
            ["a", "--speakers", "2", "--max-speakers", "3"],
            "--speakers can't be combined with --min-speakers or --max-speakers"
        ),
        (["a", "--min-speakers", "4", "--max-speakers", "3"], "--min-speakers 4 is more than --max-speakers 3"),
        (["a", "--speakers", "0"], "--speakers takes a whole number from 1 to 100, not '0'"),
        (
            ["a", "--no-diarize", "--speakers", "2"],
            "--no-diarize can't be combined with a number of speakers or stored speakers"
        ),
        (
            ["a", "--no-diarize", "--speaker-profiles", "all"],
            "--no-diarize can't be combined with a number of speakers or stored speakers"
        ),
        (["a", "--language", "English!"], "--language takes an ISO 639-1 code such as en, not 'english!'"),
        (["a", "--track", "x"], "--track takes a whole number from 0 to 1000, not 'x'"),
    ])
    func refusesBadUsage(_ words: [String], _ message: String) async {
        let harness = CommandHarness()
        #expect(await harness.run(["transcribe"] + words) == .usage)
        #expect(harness.errors.lines == ["parley: \(message)", "parley: see parley help transcribe"])
    }

    @Test func optionsReachTheTranscriber() async throws {
        let transcriber = FakeTranscriber()
        let harness = CommandHarness(transcriber: transcriber)
        let file = try folder.file("a.wav")
        _ = await harness.run(
            "transcribe", file, "--language", "EN", "--track", "1", "--min-speakers", "2", "--vad-onset", "0.6")
        _ = await harness.run("transcribe", file, "--speakers", "3")
        _ = await harness.run("transcribe", file, "--no-diarize")
        let asked = transcriber.asked.all
        try #require(asked.count == 3)
        #expect(asked[0].input == AudioInput(path: file, displayName: "a.wav"))
        #expect(asked[0].options.language == "en" && asked[0].options.track == 1)
        #expect(asked[0].options.speechDetection.onset == 0.6)
        #expect(asked[0].options.diarization?.speakerCount == .automatic(minimum: 2, maximum: nil))
        #expect(asked[1].options.diarization?.speakerCount == .exactly(3))
        #expect(asked[2].options.diarization == nil)
    }

    @Test func aCountAsksForSpeakersWhereTheyAreOffByDefault() async throws {
        let transcriber = FakeTranscriber()
        var harness = CommandHarness(transcriber: transcriber)
        harness.environment["PARLEY_DIARIZE"] = "off"
        let file = try folder.file("a.wav")
        _ = await harness.run("transcribe", file)
        _ = await harness.run("transcribe", file, "--max-speakers", "4")
        let asked = transcriber.asked.all.map { $0.options.diarization?.speakerCount }
        #expect(asked == [nil, .automatic(minimum: nil, maximum: 4)])
    }

    @Test func cancellationWritesNothing() async throws {
        let harness = CommandHarness(transcriber: FakeTranscriber(hangs: true))
        let out = folder.path + "/out"
        let file = try folder.file("a.wav")
        let task = Task { await harness.run("transcribe", file, "-o", out) }
        task.cancel()
        #expect(await task.value == .interrupted)
        #expect((try? FileManager.default.contentsOfDirectory(atPath: out)) ?? [] == [])
        #expect(!harness.errors.text.contains("parley:"))
    }

    @Test func aClosedPipeEndsQuietly() async throws {
        let harness = CommandHarness(output: MemorySink(isBroken: true))
        let files = [try folder.file("a.wav"), try folder.file("b.wav")]
        #expect(await harness.run(["transcribe", "-q"] + files) == .brokenPipe)
        #expect(harness.errors.text.isEmpty)
    }

    @Test func missingModelsStopTheRun() async throws {
        var harness = CommandHarness()
        harness.composition.transcriber = { _ in throw InferenceError(.modelMissing, model: "vad", "Run make setup.") }
        let files = [try folder.file("a.wav"), try folder.file("b.wav")]
        #expect(await harness.run(["transcribe"] + files) == .unavailable)
        #expect(harness.errors.lines == ["parley: vad: Run make setup."])
    }
}
