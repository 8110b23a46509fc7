import Foundation
import Testing

@testable import parley

@Suite struct ScoreCommandTests {
    private let folder: TemporaryFolder
    private let harness = CommandHarness()

    init() throws { folder = try TemporaryFolder() }

    private func rttm(_ name: String, _ turns: [(String, Double, Double, String)]) throws -> String {
        try folder.file(
            name,
            turns.map { "SPEAKER \($0.0) 1 \($0.1) \($0.2) <NA> <NA> \($0.3) <NA> <NA>\n" }.joined())
    }

    private func json() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(harness.output.text.utf8))
        return try #require(object as? [String: Any])
    }

    @Test func tableOfSeveralRecordings() async throws {
        let reference = try rttm("ref.rttm", [("a", 0, 10, "Anne"), ("b", 0, 10, "Bob")])
        let hypothesis = try rttm("hyp.rttm", [("a", 0, 10, "x"), ("b", 0, 5, "y")])
        #expect(await harness.run("score", "--reference", reference, hypothesis) == .success)
        #expect(
            harness.output.lines == [
                "recording            DER    miss  false alarm  confusion     JER  speakers  found",
                "a                  0.00%   0.00%        0.00%      0.00%   0.00%         1      1",
                "b                 50.00%  50.00%        0.00%      0.00%  50.00%         1      1",
                "all 2 recordings  25.00%  25.00%        0.00%      0.00%  25.00%         2      2",
            ])
        #expect(harness.errors.text.isEmpty)
    }

    @Test func regionsCollarAndTexts() async throws {
        let reference = try rttm("ref.rttm", [("talk", 0, 10, "Anne")])
        let hypothesis = try rttm("hyp.rttm", [("talk_16k", 0, 8.2, "A")])
        let uem = try folder.file("all.uem", "talk 1 0 8\n")
        let said = try folder.file("said.stm", "talk 1 Anne 0 10 Good morning, everybody\n")
        let heard = try folder.file(
            "talk.diarized.json", #"{"segments": [{"speaker": "A", "start": 0, "end": 8, "text": "good morning"}]}"#)
        let words = [
            "score", "--json", "--reference", reference, hypothesis, "--uem", uem, "--collar", "0.25",
            "--reference-text", said, "--text", heard, "--normalize", "basic",
        ]
        #expect(await harness.run(words) == .success)
        let report = try json()
        let diarization = try #require(report["diarization"] as? [String: Any])
        #expect(diarization["der"] as? Double == 0)
        #expect(diarization["total_seconds"] as? Double == 7.75)
        let text = try #require(report["text"] as? [String: Any])
        #expect(text["errors"] as? Int == 1)
        #expect(text["deletions"] as? Int == 1)
        let recordings = try #require(report["recordings"] as? [[String: Any]])
        #expect(recordings.map { $0["recording"] as? String } == ["talk"])
        let speakers = try #require(recordings.first?["speakers"] as? [[String: Any]])
        #expect(speakers.first?["reference"] as? String == "Anne")
        #expect(speakers.first?["hypothesis"] as? String == "A")
    }

    @Test func recordingsThatDoNotMatchAreNamed() async throws {
        let reference = try rttm("ref.rttm", [("a", 0, 10, "Anne"), ("b", 0, 10, "Bob")])
        let hypothesis = try rttm("hyp.rttm", [("b", 0, 10, "x"), ("\u{1B}c", 0, 5, "y")])
        #expect(await harness.run("score", "--reference", reference, hypothesis) == .success)
        #expect(
            harness.errors.lines == [
                "parley: a has no turns in the hypothesis: all of it counts as missed",
                "parley: ?c is not scored: the reference has no turns of it",
            ])
    }

    @Test func badFilesAreNamedWithTheirLine() async throws {
        let reference = try rttm("ref.rttm", [("a", 0, 10, "Anne")])
        let broken = try folder.file("hyp.rttm", "SPEAKER a 1 0 1 <NA> <NA> A\nSPEAKER a 1 x 1 <NA> <NA> A\n")
        #expect(await harness.run("score", "--reference", reference, broken) == .badInput)
        #expect(
            harness.errors.text == "parley: hyp.rttm, line 2: the start is no number of seconds from 0 to 10000000\n")
    }

    @Test func filesThatAreNotThere() async throws {
        #expect(await harness.run("score", "--reference", "/nowhere/a.rttm", "/nowhere/b.rttm") == .missingInput)
        #expect(harness.errors.text == "parley: a.rttm: the file can't be read\n")
    }

    @Test(arguments: [
        ["score"], ["score", "a.rttm"], ["score", "--reference", "a.rttm"], ["score", "--text", "a.json"],
        ["score", "--reference", "a", "b", "--collar", "-1"], ["score", "--reference", "a", "b", "--collar", "wide"],
        ["score", "--reference", "a", "b", "--normalize", "whisper"],
        ["score", "--reference-text", "a", "--text", "b", "--uem", "c"],
    ])
    func commandLinesThatMakeNoSense(_ words: [String]) async { #expect(await harness.run(words) == .usage) }
}
