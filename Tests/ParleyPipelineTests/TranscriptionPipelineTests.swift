import ParleyCore
import ParleyTestSupport
import Synchronization
import Testing

@testable import ParleyPipeline

@Suite struct TranscriptionPipelineTests {
    private let input = AudioInput(path: "/dev/null", displayName: "a.wav")

    private func pipeline(
        seconds: Double = 60, recognizer: FakeRecognizer = FakeRecognizer(),
        failure: (afterSeconds: Double, error: AudioError)? = nil, speechSeconds: Double = 3,
        diarizer: (any Diarizer)? = FakeDiarizer(turnSeconds: 5)
    ) -> TranscriptionPipeline {
        TranscriptionPipeline(
            parts: PipelineParts(
                models: LoadedRecognizers([recognizer]), decoder: FakeDecoder(seconds: seconds, failure: failure),
                detector: FakeDetector(periodSeconds: 5, speechSeconds: speechSeconds), diarizer: diarizer),
            readerThreadCount: 2)
    }

    private func events(
        _ pipeline: TranscriptionPipeline, _ change: (inout TranscriptionOptions) -> Void = { _ in }
    ) async throws -> [TranscriptionEvent] {
        var options = TranscriptionOptions()
        change(&options)
        var events: [TranscriptionEvent] = []
        for try await event in pipeline.transcribe(input, options: options) { events.append(event) }
        return events
    }

    private func transcript(_ events: [TranscriptionEvent]) throws -> Transcript {
        guard case .finished(let transcript) = try #require(events.last) else {
            Issue.record("The last event is not the transcript.")
            throw CancellationError()
        }
        return transcript
    }

    @Test func wordsComeInOrderHoweverTheWindowsFinish() async throws {
        let recognizer = FakeRecognizer(concurrency: 4) { window in
            // Later windows are faster.
            for _ in 0..<(200 - Int(window.span.startSeconds) * 3) { await Task.yield() }
        }
        let result = try transcript(try await events(pipeline(recognizer: recognizer)))
        #expect(result.text == (0..<12).map { "w\($0 * 5 + 1)" }.joined(separator: " "))
        #expect(result.segments.map(\.id) == Array(0..<12))
        #expect(result.durationSeconds == 60)
        #expect(abs(result.coverage.detectedSeconds - result.coverage.decodedSeconds) < 1e-9)
        #expect(result.coverage.detectedSeconds > 30)
        #expect(result.turns.isEmpty)
    }

    @Test func speakersAreJoinedToWords() async throws {
        let result = try transcript(try await events(pipeline()) { $0.diarization = DiarizationOptions() })
        #expect(result.segments.map(\.speaker) == (0..<12).map { $0.isMultiple(of: 2) ? "A" : "B" })
        #expect(result.speakers == ["A", "B"])
        #expect(result.turns.count == 12)
    }

    @Test(arguments: [false, true]) func earlySegmentsAreThoseOfTheTranscript(_ diarizes: Bool) async throws {
        let all = try await events(pipeline()) {
            $0.emitsSegmentsEarly = true
            $0.diarization = diarizes ? DiarizationOptions() : nil
        }
        let early = all.compactMap { event -> Segment? in
            if case .segment(let segment) = event { segment } else { nil }
        }
        #expect(early == (try transcript(all)).segments)
        #expect(early.count == 12)
    }

    @Test func segmentsGoOutBeforeTheRecordingHasBeenRead() async throws {
        // The recogniser waits at the last window until a segment has come out: it would wait for ever if segments
        // came only at the end.
        let gate = BoundedChannel<Void>(capacity: 1)
        let recognizer = FakeRecognizer(concurrency: 1) { window in
            if window.span.startSeconds > 50 { _ = await gate.next() }
        }
        var options = TranscriptionOptions()
        options.emitsSegmentsEarly = true
        var count = 0
        for try await event in pipeline(recognizer: recognizer).transcribe(input, options: options) {
            if case .segment = event {
                count += 1
                gate.finish()
            }
        }
        #expect(count == 12)
    }

    @Test func progressNeverGoesBack() async throws {
        let reports = try await events(pipeline()) { $0.diarization = DiarizationOptions() }
            .compactMap { event -> TranscriptionProgress? in
                if case .progress(let progress) = event { progress } else { nil }
            }
        #expect(reports.map(\.processedSeconds) == reports.map(\.processedSeconds).sorted())
        #expect(reports.last?.stage == .clustering)
        #expect(reports.last?.processedSeconds == 60)
    }

    @Test func silenceGivesAnEmptyTranscript() async throws {
        let result = try transcript(
            try await events(pipeline(speechSeconds: 0)) { $0.diarization = DiarizationOptions() })
        #expect(result.text.isEmpty)
        #expect(result.language == "en")
    }

    @Test func aDamagedRecordingEndsWithItsError() async throws {
        let broken = pipeline(failure: (afterSeconds: 20, error: AudioError(.corrupt, "broken")))
        let error = try await #require(throws: AudioError.self) { try await events(broken) }
        #expect(error.code == .corrupt)
    }

    @Test func aRecogniserFailureEndsTheWork() async throws {
        let failing = pipeline(
            recognizer: FakeRecognizer { window in
                if window.span.startSeconds > 20 { throw RecognitionError(.decodingFailed, "no") }
            })
        let error = try await #require(throws: RecognitionError.self) {
            try await events(failing) { $0.diarization = DiarizationOptions() }
        }
        #expect(error.code == .decodingFailed)
    }

    @Test(arguments: [0.0, 0.05]) func tooShortIsRefused(_ seconds: Double) async throws {
        let error = try await #require(throws: AudioError.self) { try await events(pipeline(seconds: seconds)) }
        #expect(error.code == .tooShort)
    }

    @Test func whatTheModelCantDoIsRefusedBeforeDecoding() async throws {
        let undecodable = pipeline(failure: (afterSeconds: 0, error: AudioError(.corrupt, "read")))
        let translate = try await #require(throws: RecognitionError.self) {
            try await events(undecodable) { $0.task = .translate }
        }
        #expect(translate.code == .translationUnsupported)
        let language = try await #require(throws: RecognitionError.self) {
            try await events(undecodable) { $0.language = "de" }
        }
        #expect(language.code == .languageUnsupported)
        let model = try await #require(throws: RecognitionError.self) {
            try await events(undecodable) { $0.modelID = "other" }
        }
        #expect(model.code == .modelUnknown)
    }

    @Test func missingDiarizationModelsAreSaid() async throws {
        let error = try await #require(throws: DiarizationError.self) {
            try await events(pipeline(diarizer: nil)) { $0.diarization = DiarizationOptions() }
        }
        #expect(error.code == .modelUnavailable)
    }

    @Test func leavingTheEventsStopsTheWork() async throws {
        let cancelled = BoundedChannel<Void>(capacity: 1)
        let started = BoundedChannel<Void>(capacity: 1)
        let recognizer = FakeRecognizer(concurrency: 1) { _ in
            try await started.send(())
            do {
                while true {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            } catch {
                cancelled.finish()
                throw error
            }
        }
        let pipeline = pipeline(recognizer: recognizer)
        let task = Task {
            for try await _ in pipeline.transcribe(input, options: TranscriptionOptions()) {}
        }
        _ = await started.next()
        task.cancel()
        // Returns only when the recogniser has noticed.
        #expect(await cancelled.next() == nil)
        _ = await task.result
    }
}
