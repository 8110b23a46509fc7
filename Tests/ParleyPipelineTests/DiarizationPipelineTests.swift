import ParleyCore
import ParleyTestSupport
import Synchronization
import Testing

@testable import ParleyPipeline

@Suite struct DiarizationPipelineTests {
    private let input = AudioInput(path: "/dev/null", displayName: "a.wav")

    private func pipeline(
        seconds: Double, failure: (afterSeconds: Double, error: AudioError)? = nil
    ) -> DiarizationPipeline {
        DiarizationPipeline(
            decoder: FakeDecoder(seconds: seconds, failure: failure),
            detector: FakeDetector(periodSeconds: 5, speechSeconds: 3), diarizer: FakeDiarizer(turnSeconds: 5),
            readerThreadCount: 1)
    }

    @Test func tellsTurnsAndLength() async throws {
        let result = try await pipeline(seconds: 100).diarize(input, options: DiarizationOptions())
        #expect(result.durationSeconds == 100)
        #expect(result.speakers == ["A", "B"])
        #expect(result.turns.count == 20)
    }

    @Test func progressNeverGoesBackAndEndsWithTheWhole() async throws {
        let reports = Mutex<[TranscriptionProgress]>([])
        _ = try await pipeline(seconds: 100).diarize(input, options: DiarizationOptions()) { report in
            reports.withLock { $0.append(report) }
        }
        let all = reports.withLock { $0 }
        #expect(all.map(\.processedSeconds) == all.map(\.processedSeconds).sorted())
        #expect(
            all.count > 2
                && all.last
                    == TranscriptionProgress(
                        stage: .clustering, processedSeconds: 100, totalSeconds: 100)
        )
    }

    @Test func faultsOfTheRecordingAreTold() async throws {
        let broken = pipeline(seconds: 100, failure: (40, AudioError(.corrupt, "broken")))
        await #expect(throws: AudioError.self) { _ = try await broken.diarize(input, options: DiarizationOptions()) }
        await #expect(throws: AudioError.self) {
            _ = try await pipeline(seconds: 0.05).diarize(input, options: DiarizationOptions())
        }
    }

    @Test func cancellationEndsTheWork() async throws {
        let task = Task {
            try await pipeline(seconds: 1e5).diarize(input, options: DiarizationOptions())
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}
