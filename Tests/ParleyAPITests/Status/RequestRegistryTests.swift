import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct RequestRegistryTests {
    private let elapsed = Locked(Duration.zero)
    private let registry: RequestRegistry

    init() {
        let start = ContinuousClock.now
        registry = RequestRegistry { [elapsed] in start.advanced(by: elapsed.value) }
    }

    private func wait(_ seconds: Int) { elapsed.update { $0 += .seconds(seconds) } }

    private func progress(_ processed: Double, of total: Double?) -> TranscriptionEvent {
        .progress(TranscriptionProgress(stage: .transcribing, processedSeconds: processed, totalSeconds: total))
    }

    @Test func aTranscriptionIsThereFromAskingForAPlaceToItsEnd() {
        let record = registry.begin(id: "req_1", model: "bundled", task: .transcribe)
        #expect(registry.snapshot.entries.map(\.stage) == [.queued])
        #expect(registry.snapshot.entries.map(\.admitted) == [nil])
        wait(2)
        record.admit()
        wait(3)
        record.note(progress(5, of: 20))
        let entry = registry.snapshot.entries.first
        #expect(entry?.stage == .transcribing && entry?.processedSeconds == 5 && entry?.totalSeconds == 20)
        record.note(.finished(Samples.monologue))
        let snapshot = registry.snapshot
        #expect(snapshot.entries.isEmpty)
        #expect(snapshot.totals["bundled"]?.outcomes == [.completed: 1])
        #expect(snapshot.totals["bundled"]?.audioSeconds == Samples.monologue.durationSeconds)
        #expect(snapshot.totals["bundled"]?.processingSeconds == 3)
        #expect(snapshot.queueWait.count == 1 && snapshot.queueWait.sum == 2)
    }

    @Test(arguments: [
        (AdmissionError.draining as any Error, RequestRegistry.Outcome.refused),
        (AdmissionError.queueFull(retryAfter: .seconds(1)), .refused), (AudioError(.corrupt, "x"), .refused),
        (InferenceError(.runFailed, "x"), .failed), (IncompleteTranscription(), .failed),
        (CancellationError(), .cancelled),
    ])
    func errorsAreToldApart(error: any Error, outcome: RequestRegistry.Outcome) {
        let record = registry.begin(id: "req_1", model: "m", task: .translate)
        record.end(error)
        record.end(CancellationError())
        #expect(registry.snapshot.totals["m"]?.outcomes == [outcome: 1])
        #expect(registry.snapshot.entries.isEmpty)
    }

    @Test func oneThatIsLetGoWasCancelledAndItsWorkCounts() {
        do {
            let record = registry.begin(id: "req_1", model: "m", task: .transcribe)
            record.admit()
            wait(4)
            record.note(progress(7, of: nil))
        }
        #expect(registry.snapshot.entries.isEmpty)
        #expect(registry.snapshot.totals["m"]?.outcomes == [.cancelled: 1])
        #expect(registry.snapshot.totals["m"]?.audioSeconds == 7)
        #expect(registry.snapshot.totals["m"]?.processingSeconds == 4)
    }
}
