import Foundation
import ParleySpeech
import Synchronization
import Testing

@testable import ParleyHub
@testable import parley

@Suite struct ModelsCommandTests {
    private static let manifest = ModelManifest(
        id: "owner/name", repository: "owner/name", revision: "main", commit: String(repeating: "a", count: 40),
        licence: "mit", precisions: [.int8],
        files: [ModelManifest.File(path: "a", bytes: 1 << 20, sha256: String(repeating: "b", count: 64))],
        pulledAt: "2026-01-01T00:00:00Z")

    /// A harness whose hub gives an outcome, and what it was asked for.
    private func harness(errors: MemorySink = MemorySink()) -> (CommandHarness, Asked) {
        var harness = CommandHarness(errors: errors)
        let asked = Asked()
        harness.composition.pull = { request, settings, onEvent in
            asked.note(request, settings)
            onEvent(.waitingForOther)
            onEvent(.planned(fileCount: 2, byteCount: 3 << 20, presentByteCount: 1 << 20))
            onEvent(.retrying(reason: "hub can't be reached", delay: .seconds(2)))
            onEvent(.received(byteCount: 2 << 20, file: "a"))
            return PullOutcome(
                manifest: Self.manifest, directory: "/models/x", receivedByteCount: 5, wasInstalled: false)
        }
        harness.composition.remove = { _, _, _ in 3 << 20 }
        return (harness, asked)
    }

    private final class Asked: Sendable {
        private let calls = Mutex<[(PullRequest, Settings)]>([])
        var last: (request: PullRequest, settings: Settings)? { calls.withLock { $0.last } }
        func note(_ request: PullRequest, _ settings: Settings) { calls.withLock { $0.append((request, settings)) } }
    }

    @Test func list() async throws {
        var harness = CommandHarness()
        harness.composition.models = { _ in
            [
                KnownModel(
                    id: "bundled", summary: "English", languages: ["en"], license: "MIT", family: "x",
                    path: "/models/bundled", byteCount: 15_728_640, missingFiles: ["vad.onnx"], state: .incomplete),
                KnownModel(
                    id: "tiny", languages: ["a", "b", "c", "d", "e"], license: "CC-BY-NC-4.0", isNonCommercial: true,
                    repository: "o/n", millionWeights: 39, state: .available),
            ]
        }
        #expect(await harness.run("models", "list", "--json") == .success)
        let document = try JSONSerialization.jsonObject(with: Data(harness.output.text.utf8)) as? [String: Any]
        let models = try #require(document?["models"] as? [[String: Any]])
        #expect(models[0]["state"] as? String == "incomplete" && models[0]["bytes"] as? Int == 15_728_640)
        #expect(models[1]["state"] as? String == "available" && models[1]["runnable"] as? Bool == false)
        #expect((models[1]["approximate_bytes"] as? [String: Int])?["float16"] == 78_000_000)
        #expect(await harness.run("models", "list") == .success)
        #expect(harness.output.text.contains("  size       15.0 MiB\n"))
        #expect(harness.output.lines.last == "  tiny  37.2 MiB as int8  5 languages  CC-BY-NC-4.0 (non-commercial)")
    }

    @Test func pullTellsWhatHappens() async {
        let (harness, asked) = harness()
        #expect(await harness.run("models", "pull", "owner/name", "--precision", "fp32,int8") == .success)
        #expect(asked.last?.request.precisions == [.float32, .int8] && asked.last?.request.revision == nil)
        #expect(
            harness.errors.lines == [
                "parley: another parley works on owner/name; waiting for it",
                "parley: owner/name: 2 files, 3.0 MiB, 1.0 MiB of them are there",
                "parley: hub can't be reached; trying again in 2s",
            ])
        #expect(harness.output.lines.first == "owner/name is installed: /models/x (int8, 1.0 MiB, licence mit)")
    }

    @Test func pullQuietlyAsJSON() async throws {
        let (harness, asked) = harness()
        let words = ["models", "pull", "owner/name", "--json", "--quiet", "--precision", "all", "--revision", "v1"]
        #expect(await harness.run(words) == .success)
        #expect(asked.last?.request.precisions == [] && asked.last?.request.revision == "v1")
        let document = try JSONSerialization.jsonObject(with: Data(harness.output.text.utf8)) as? [String: Any]
        #expect(document?["state"] as? String == "installed" && document?["received_bytes"] as? Int == 5)
        #expect(harness.errors.text.isEmpty)
    }

    @Test func progressOnATerminal() async {
        let errors = MemorySink(terminalWidth: 80)
        let (harness, _) = harness(errors: errors)
        #expect(await harness.run("models", "pull", "owner/name") == .success)
        #expect(errors.text.contains("\rowner/name  pulling  ["))
        #expect(errors.text.contains("2.0 MiB / 3.0 MiB  66%"))
    }

    @Test func settingsOfTheHub() async {
        var (harness, asked) = harness()
        harness.environment = ["HF_TOKEN": "geheim", "HF_ENDPOINT": "http://mirror/x/", "HF_HUB_OFFLINE": "1"]
        #expect(await harness.run("models", "pull", "owner/name") == .success)
        #expect(
            asked.last?.settings.hub.access
                == HubAccess(endpoint: "http://mirror/x", token: "geheim", isOffline: true))
        #expect(await harness.run("config") == .success)
        #expect(!harness.output.text.contains("geheim") && harness.output.text.contains("hub_token = (1 set)"))
        harness.environment = ["HF_ENDPOINT": "ftp://x"]
        #expect(await harness.run("models", "pull", "owner/name") == .badConfiguration)
    }

    @Test(arguments: [
        (["whisper-tny"], "parley: unknown model whisper-tny; did you mean whisper-tiny?; parley models list"),
        (["mms-300m-aligner"], "parley: this version can't run mms-300m-aligner yet (family Wav2Vec2); --anyway"),
    ])
    func whatIsNotPulled(_ words: [String], _ line: String) async {
        let (harness, asked) = harness()
        #expect(await harness.run(["models", "pull"] + words) == .unavailable)
        #expect(harness.errors.text.hasPrefix(line))
        #expect(asked.last == nil)
        #expect(await harness.run("models", "pull", "mms-300m-aligner", "--anyway") == .success)
        #expect(asked.last?.request.repository == "tatsu020/mms-300m-fa-onnx")
        #expect(harness.errors.text.contains("CC-BY-NC-4.0: not for commercial use"))
    }

    @Test func wrongPrecision() async {
        let (harness, _) = harness()
        #expect(await harness.run("models", "pull", "owner/name", "--precision", "int9") == .usage)
        #expect(harness.errors.text.contains("unknown precision int9; did you mean int8?"))
    }

    @Test func remove() async {
        let (harness, _) = harness()
        #expect(await harness.run("models", "remove", "owner/name") == .success)
        #expect(harness.output.text == "owner/name is removed (3.0 MiB)\n")
    }

    @Test(arguments: HubError.Code.allCases)
    func everyErrorHasALineAndACode(_ code: HubError.Code) async {
        var (harness, _) = harness()
        harness.composition.pull = { _, _, _ in throw HubError(code, "so it is") }
        let exitCode = await harness.run("models", "pull", "owner/name")
        #expect(exitCode == CommandFailure.exitCode(code) && exitCode != .success)
        #expect(harness.errors.text == "parley: so it is\n")
    }

    /// The catalog can't hold what could not be pulled.
    @Test func theCatalog() {
        let ids = ModelCatalog.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        for model in ModelCatalog.all {
            #expect(
                model.repository.split(separator: "/").count == 2 && !model.license.isEmpty && model.millionWeights > 0)
            #expect(!model.id.contains("/") && !model.id.contains("--"))
        }
        #expect(ModelCatalog.model("whisper-large-v3-turbo")?.languages.count == 100)
        #expect(ModelCatalog.all.filter(\.isNonCommercial).map(\.id) == ["mms-300m-aligner"])
    }
}
