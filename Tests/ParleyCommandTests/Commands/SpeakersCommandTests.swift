import Foundation
import ParleyCore
import ParleyPipeline
import Testing

@testable import parley

@Suite struct SpeakersCommandTests {
    private let folder: TemporaryFolder
    private let recording: String

    init() throws {
        folder = try TemporaryFolder()
        recording = try folder.file("ruth.wav")
    }

    /// A harness whose voices are stored in a folder of the test.
    private func harness(transcriber: FakeTranscriber = FakeTranscriber(), failure: DiarizationError? = nil)
        -> CommandHarness
    {
        var harness = CommandHarness(transcriber: transcriber)
        harness.composition.voices = { [folder] settings, onDamage in
            VoiceProfileFolder(
                path: folder.path + "/speakers", maximumCount: settings.diarization.maximumProfileCount,
                onDamage: onDamage)
        }
        if let failure { harness.composition.diarizer = { _ in FailingDiarizer(error: failure) } }
        return harness
    }

    private struct FailingDiarizer: Diarizer {
        let error: DiarizationError
        func makeSession(_ options: DiarizationOptions) async throws -> any DiarizationSession { throw error }
        func voicePrint(of reference: AudioInput, name: String) async throws -> VoicePrint { throw error }
    }

    @Test func enrolListRemove() async throws {
        var harness = harness()
        #expect(await harness.run("speakers", "enrol", "Ruth", recording) == .success)
        let words = harness.output.text.split(separator: " ")
        #expect(
            harness.output.text.hasPrefix("Ruth is stored as spk_")
                && harness.output.text.hasSuffix("(2.0 s of speech)\n"))
        let id = try #require(words.first { $0.hasPrefix("spk_") })

        harness = self.harness()
        #expect(await harness.run("speakers", "list") == .success)
        #expect(harness.output.lines.count == 1 && harness.output.text.hasPrefix("Ruth  2"))
        #expect(harness.output.text.hasSuffix("2.0 s  fake  \(id)\n"))

        harness = self.harness()
        #expect(await harness.run("speakers", "list", "--json") == .success)
        let document = try JSONSerialization.jsonObject(with: Data(harness.output.text.utf8)) as? [String: Any]
        let data = try #require(document?["data"] as? [[String: Any]])
        #expect(data.count == 1 && data[0]["id"] as? String == String(id) && data[0]["vector"] == nil)

        harness = self.harness()
        #expect(await harness.run("speakers", "remove", "RUTH") == .success)
        #expect(harness.output.text == "Ruth is forgotten\n")
        #expect(await harness.run("speakers", "remove", "Ruth") == .missingInput)
        #expect(harness.errors.text == "parley: There is no speaker 'Ruth'.\n")
    }

    @Test func removeByID() async throws {
        var harness = harness()
        #expect(await harness.run("speakers", "enrol", "Ruth", recording, "--json") == .success)
        let document = try JSONSerialization.jsonObject(with: Data(harness.output.text.utf8)) as? [String: Any]
        let id = try #require(document?["id"] as? String)
        harness = self.harness()
        #expect(await harness.run("speakers", "remove", id, "--json") == .success)
        #expect(harness.output.text == #"{"id":"\#(id)","name":"Ruth","deleted":true}"# + "\n")
    }

    @Test func aSecondEnrolment() async {
        let harness = harness()
        #expect(await harness.run("speakers", "enrol", "Ruth", recording, "--quiet") == .success)
        #expect(await harness.run("speakers", "enrol", "ruth", recording, "-q") == .success)
        #expect(await harness.run("speakers", "enrol", "RUTH", recording, "--keep") == .badInput)
        #expect(harness.errors.text == "parley: There is a speaker 'RUTH' already.\n" && harness.output.text.isEmpty)
    }

    @Test func theLimit() async {
        let harness = harness()
        let option = ["--max-speaker-profiles", "1"]
        #expect(await harness.run(["speakers", "enrol", "Ruth", recording] + option) == .success)
        #expect(await harness.run(["speakers", "enrol", "Abel", recording] + option) == .cannotCreateOutput)
    }

    @Test(arguments: [
        ([], "speakers needs an operand: enrol NAME FILE, list or remove NAME|ID"),
        (["enrol", "Ruth"], "speakers enrol needs a name and a file"),
        (["list", "x"], "unexpected operand x"), (["remove"], "speakers remove needs one name or id"),
        (["enroll", "a", "b"], "unknown operand enroll; did you mean enrol?"),
    ])
    func refusesBadUsage(_ words: [String], _ message: String) async {
        let harness = CommandHarness()
        #expect(await harness.run(["speakers"] + words) == .usage)
        #expect(harness.errors.lines == ["parley: \(message)", "parley: see parley help speakers"])
    }

    @Test func whatCanNotBeEnrolled() async {
        #expect(await harness().run("speakers", "enrol", "a\u{7}b", recording) == .badInput)
        #expect(await harness().run("speakers", "enrol", "Ruth", folder.path + "/none.wav") == .missingInput)
        #expect(await harness().run("speakers", "enrol", "Ruth", folder.path) == .missingInput)
        let harness = harness(failure: DiarizationError(.referenceAmbiguous, "Two people."))
        #expect(await harness.run("speakers", "enrol", "Ruth", recording) == .badInput)
        #expect(harness.errors.text == "parley: Two people.\n")
        #expect(folder.names == ["ruth.wav"])
    }

    @Test func storedVoicesReachTheTranscriber() async throws {
        #expect(await harness().run("speakers", "enrol", "Ruth", recording) == .success)
        #expect(await harness().run("speakers", "enrol", "Abel", recording) == .success)
        let transcriber = FakeTranscriber()
        let harness = harness(transcriber: transcriber)
        for words in [["all"], ["ruth"], ["abel,RUTH"]] {
            #expect(await harness.run(["transcribe", recording, "-q", "--speaker-profiles"] + words) == .success)
        }
        #expect(await harness.run("transcribe", recording, "-q") == .success)
        let names = transcriber.asked.all.map { $0.options.diarization?.knownVoices.map(\.name) }
        #expect(names == [["Abel", "Ruth"], ["Ruth"], ["Abel", "Ruth"], []])
        #expect(await harness.run("transcribe", recording, "--speaker-profiles", "Nobody") == .missingInput)
        #expect(harness.errors.text == "parley: There is no speaker 'Nobody'.\n")
        // Diarization that is switched off elsewhere is switched on by the option.
        var quiet = self.harness(transcriber: transcriber)
        quiet.environment = ["PARLEY_DIARIZE": "false"]
        #expect(await quiet.run("transcribe", recording, "-q", "--speaker-profiles", "all") == .success)
        #expect(transcriber.asked.all.last?.options.diarization?.knownVoices.count == 2)
    }

    @Test func aDamagedFileIsAWarning() async throws {
        #expect(await harness().run("speakers", "enrol", "Ruth", recording) == .success)
        _ = try folder.file("speakers/spk_x.json", "{")
        let harness = harness()
        #expect(await harness.run("speakers", "list") == .success)
        #expect(harness.output.lines.count == 1)
        #expect(
            harness.errors.text.hasPrefix("parley: warning: ") && harness.errors.text.contains("spk_x.json is damaged"))
    }
}
