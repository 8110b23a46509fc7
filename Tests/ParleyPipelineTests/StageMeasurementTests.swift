import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Testing

@Suite struct StageMeasurementTests {
    private let input = AudioInput(path: "/dev/null", displayName: "a.wav")

    private func measurement(diarizer: (any Diarizer)? = FakeDiarizer(turnSeconds: 5)) -> StageMeasurement {
        StageMeasurement(
            parts: PipelineParts(
                models: LoadedRecognizers([FakeRecognizer()]), decoder: FakeDecoder(seconds: 60),
                detector: FakeDetector(periodSeconds: 5, speechSeconds: 3), diarizer: diarizer))
    }

    @Test func everyStageIsMeasuredOnce() async throws {
        var options = TranscriptionOptions()
        options.diarization = DiarizationOptions()
        let costs = try await measurement().measure(input, options: options)
        #expect(costs.map(\.stage) == StageCost.Stage.allCases)
        for cost in costs where cost.stage != .recognition { #expect(cost.audioSeconds == 60, "\(cost.stage)") }
        #expect(costs.allSatisfy { $0.cpuSeconds > 0 && $0.wallSeconds > 0 })
        // 3 s of every 5 s are speech, padded on both sides.
        let recognition = try #require(costs.first { $0.stage == .recognition })
        #expect((36...50).contains(recognition.audioSeconds))
    }

    @Test func withoutDiarizationItsStagesAreLeftOut() async throws {
        let costs = try await measurement().measure(input, options: TranscriptionOptions())
        #expect(costs.map(\.stage) == [.decoding, .speechDetection, .recognition, .join, .whole])
    }

    @Test func failuresAreTheTranscriptions() async throws {
        let measurement = StageMeasurement(
            parts: PipelineParts(
                models: LoadedRecognizers([FakeRecognizer()]),
                decoder: FakeDecoder(
                    seconds: 60, failure: (afterSeconds: 2, error: AudioError(.corrupt, "The recording is damaged."))),
                detector: FakeDetector(periodSeconds: 5, speechSeconds: 3), diarizer: nil))
        await #expect(throws: AudioError.self) {
            try await measurement.measure(input, options: TranscriptionOptions())
        }
    }
}
