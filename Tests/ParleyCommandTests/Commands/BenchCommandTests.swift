import Foundation
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import parley

@Suite struct BenchCommandTests {
    private func harness() -> CommandHarness {
        var harness = CommandHarness()
        harness.composition.parts = { settings in
            #expect(settings.models.threads == 1 && settings.models.decoders == 1)
            return PipelineParts(
                models: LoadedRecognizers([FakeRecognizer()]), decoder: FakeDecoder(seconds: 20),
                detector: FakeDetector(periodSeconds: 5, speechSeconds: 3), diarizer: FakeDiarizer(turnSeconds: 5))
        }
        return harness
    }

    @Test func tableOfStages() async {
        let harness = harness()
        #expect(await harness.run("bench", "stages", "talk.wav") == .success)
        let stages = harness.output.lines.dropFirst().map { $0.prefix(18).trimmingBlanks }
        #expect(stages.map(String.init) == StageCost.Stage.allCases.map(\.rawValue))
    }

    @Test func figuresAsJSON() async throws {
        let harness = harness()
        #expect(await harness.run("bench", "stages", "folder/talk.wav", "--no-diarize", "--json") == .success)
        let document = try JSONSerialization.jsonObject(with: Data(harness.output.text.utf8)) as? [String: Any]
        #expect(document?["recording"] as? String == "talk.wav" && document?["seconds"] as? Double == 20)
        let stages = try #require(document?["stages"] as? [[String: Any]])
        #expect(stages.count == 5)
        for stage in stages {
            let cpu = try #require(stage["cpu_seconds"] as? Double)
            let factor = try #require(stage["rtf"] as? Double)
            #expect(abs(factor * 20 - cpu) <= cpu * 1e-9)
        }
    }

    @Test(arguments: [[], ["stages"], ["talk.wav"], ["stages", "a.wav", "b.wav"]])
    func operands(_ operands: [String]) async {
        #expect(await harness().run(["bench"] + operands) == .usage)
    }
}
