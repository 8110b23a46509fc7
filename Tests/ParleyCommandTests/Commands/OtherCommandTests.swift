import Foundation
import ParleyCore
import Synchronization
import Testing

@testable import parley

@Suite struct OtherCommandTests {
    @Test func versionAndHelp() async {
        let harness = CommandHarness()
        #expect(await harness.run("version") == .success)
        #expect(await harness.run("--version") == .success)
        #expect(harness.output.text == String(repeating: "Parley \(ParleyVersion.current)\n", count: 2))
        for command in CommandTable.all {
            let help = CommandHarness()
            #expect(await help.run("help", command.name) == .success)
            let asked = CommandHarness()
            #expect(await asked.run(command.name, "--help") == .success)
            #expect(help.output.text == asked.output.text && help.output.text.contains("Usage: parley \(command.name)"))
            #expect(help.output.lines.allSatisfy { $0.count <= 100 })
        }
    }

    @Test func helpListsEveryExitCode() async {
        let harness = CommandHarness()
        #expect(await harness.run("help") == .success)
        for code in ExitCode.allCases { #expect(harness.output.text.contains(code.meaning.prefix(30))) }
    }

    @Test(arguments: [
        ([], "parley help COMMAND shows the options of a command."),
        (["srve"], "parley: unknown command srve; did you mean serve?"),
        (["models"], "parley: models needs an operand: list, pull ID or remove ID"),
        (["models", "lits"], "parley: unknown operand lits; did you mean list?"),
        (["models", "pull"], "parley: models pull needs one id"),
        (["models", "list", "x"], "parley: unexpected operand x"),
        (["help", "nothing-like-it"], "parley: unknown command nothing-like-it"),
        (["version", "x"], "parley: unexpected operand x"),
    ])
    func usageErrors(_ words: [String], _ line: String) async {
        let harness = CommandHarness()
        #expect(await harness.run(words) == .usage)
        #expect(harness.errors.lines.contains(line))
        #expect(harness.output.text.isEmpty)
    }

    @Test func configShowsSourcesAndNoSecrets() async {
        var harness = CommandHarness()
        harness.environment = ["PARLEY_API_KEYS": "geheim,streng", "PARLEY_QUEUE_LENGTH": "7"]
        #expect(await harness.run("config", "--port", "8000") == .success)
        let lines = harness.output.lines.map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("port = 8000 # --port"))
        #expect(lines.contains("queue_length = 7 # environment PARLEY_QUEUE_LENGTH"))
        #expect(lines.contains("api_keys = (2 set) # environment PARLEY_API_KEYS"))
        #expect(await harness.run("config", "--json") == .success)
        #expect(!harness.output.text.contains("geheim"))
    }

    @Test func badSettingsAreListedTogether() async {
        let harness = CommandHarness()
        #expect(await harness.run("serve", "--port", "x", "--host", "") == .badConfiguration)
        #expect(harness.errors.lines.count == 2)
    }
}

@Suite struct ServeCommandTests {
    /// Runs until it is drained.
    final class FakeServer: RunningServer {
        let port = 4321
        let drained = Mutex<[Duration]>([])
        let stopsAtOnce: Bool

        init(stopsAtOnce: Bool = false) { self.stopsAtOnce = stopsAtOnce }

        func waitUntilStopped() async throws {
            if stopsAtOnce { return }
            try await Task.sleep(for: .seconds(3_600))
        }

        func drain(grace: Duration) async { drained.withLock { $0.append(grace) } }
    }

    @Test func saysWhereItListensAndDrainsWhenAsked() async {
        let server = FakeServer()
        var harness = CommandHarness()
        harness.composition.server = { _, _, _, _ in server }
        let run = harness
        let task = Task { await run.run("serve", "--host", "0.0.0.0", "--port", "0", "--drain-grace", "5s") }
        while !run.output.text.contains("curl") { await Task.yield() }
        task.cancel()
        #expect(await task.value == .success)
        #expect(server.drained.withLock { $0 } == [.seconds(5)])
        #expect(run.output.lines.first == "Parley \(ParleyVersion.current) listening on http://0.0.0.0:4321")
        #expect(run.output.text.contains("curl http://127.0.0.1:4321/v1/audio/transcriptions -F file=@sample.wav"))
        #expect(run.errors.text.contains("warning no api_keys are set"))
    }

    @Test func aServerThatStopsByItselfIsAFault() async {
        let server = FakeServer(stopsAtOnce: true)
        var harness = CommandHarness()
        harness.composition.server = { _, _, _, _ in server }
        #expect(await harness.run("serve") == .internalFailure)
        #expect(harness.errors.text.contains("parley: the server stopped by itself"))
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("box", "box"),
    ])
    func hostsInAddresses(_ host: String, _ reachable: String) {
        #expect(ServeRun.reachableHost(host) == reachable)
    }
}
