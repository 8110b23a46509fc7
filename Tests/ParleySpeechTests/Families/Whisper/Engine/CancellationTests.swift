import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// Requests that are given up leave nothing behind and disturb nobody.
@Suite(.enabled(if: WhisperFixture.isAvailable, WhisperFixture.hint), .serialized, .timeLimit(.minutes(15)))
struct CancellationTests {
    /// Requests of different shapes; a third is greedy, a third keeps beams, a third falls back.
    private static func options(_ index: Int) -> RecognitionOptions {
        var options = RecognitionOptions(language: index % 4 == 0 ? nil : "en", decoding: .unjudged)
        options.decoding.maximumTokenCount = 4 + index % 5
        if index % 3 == 1 { options.decoding.beamSize = 3 }
        if index % 3 == 2 {
            options.decoding.logProbabilityThreshold = 0
            options.decoding.temperatureIncrement = 0.5
            options.decoding.bestOf = 2
        }
        return options
    }

    private static func window(_ index: Int) -> FixtureWindow { FixtureWindow.all[index % FixtureWindow.all.count] }

    private static func submit(
        _ index: Int, to scheduler: BatchScheduler<WhisperJob, WhisperBucket, WindowHypothesis>,
        of engine: WhisperEngine
    ) async throws -> WindowHypothesis {
        let job = window(index).job(options(index))
        return try await scheduler.run(
            job, bucket: try engine.bucket(of: job), request: RequestID(), priority: .interactive)
    }

    /// Runs some requests of which most are given up at random moments.
    /// - Returns: What the others got, by their numbers.
    static func storm(
        _ scheduler: BatchScheduler<WhisperJob, WhisperBucket, WindowHypothesis>, of engine: WhisperEngine,
        cancelled: Int, surviving: Int, seed: UInt64
    ) async throws -> [Int: WindowHypothesis] {
        var generator = SplitMix64(seed: seed)
        var tasks: [(index: Int, survives: Bool, task: Task<WindowHypothesis, any Error>)] = []
        var fates = [Bool](repeating: false, count: cancelled) + [Bool](repeating: true, count: surviving)
        fates.shuffle(using: &generator)
        for (index, survives) in fates.enumerated() {
            let task = Task { try await submit(index, to: scheduler, of: engine) }
            tasks.append((index, survives, task))
            if !survives {
                // At once, while it waits, while it is decoded, or when it is done.
                let milliseconds = Int.random(in: 0..<120, using: &generator)
                Task {
                    if milliseconds > 10 { try await Task.sleep(for: .milliseconds(milliseconds)) }
                    task.cancel()
                }
            }
            if index % 24 == 23 { _ = await task.result }
        }
        var results: [Int: WindowHypothesis] = [:]
        for (index, survives, task) in tasks {
            switch await task.result {
            case .success(let hypothesis): if survives { results[index] = hypothesis }
            case .failure(let error): #expect(!survives && error is CancellationError, "\(error)")
            }
        }
        return results
    }

    static func scheduler(
        _ engine: WhisperEngine
    ) -> BatchScheduler<WhisperJob, WhisperBucket, WindowHypothesis> {
        BatchScheduler(
            name: "storm", options: BatchingOptions(), replicas: [{ engine.execute($0, $1, $2) }])
    }

    /// Waits until nothing is at work; the suite's limit ends it otherwise.
    static func rest(
        _ scheduler: BatchScheduler<WhisperJob, WhisperBucket, WindowHypothesis>
    ) async throws {
        while scheduler.status.queuedRows + scheduler.status.runningRows > 0 {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test func twoHundredCancellationsLeaveNothing() async throws {
        let engine = try WhisperFixture.merged.engine()
        let scheduler = Self.scheduler(engine)
        let results = try await Self.storm(scheduler, of: engine, cancelled: 200, surviving: 30, seed: 4)
        try await Self.rest(scheduler)
        #expect(results.count == 30)
        for (index, hypothesis) in results {
            let alone = try engine.decode([Self.window(index).job(Self.options(index))])[0]
            #expect(hypothesis.tokens == alone.tokens)
            #expect(hypothesis.words.map(\.span) == alone.words.map(\.span))
            #expect(hypothesis.temperature == alone.temperature)
        }
        // And there is a place for the next.
        _ = try await Self.submit(1, to: scheduler, of: engine)
    }

    @Test func theRecogniserGivesUpToo() async throws {
        let recognizer = try WhisperFixture.sherpa.recognizer()
        let window = Self.window(4).audioWindow()
        let tasks = (0..<20).map { index in
            Task { try await recognizer.recognize(window, options: Self.options(index)) }
        }
        for task in tasks { task.cancel() }
        for task in tasks {
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        let status = try #require(recognizer.batching)
        #expect(status.queuedRows == 0)
        _ = try await recognizer.recognize(window, options: Self.options(0))
    }

    @Test func cancellationsDoNotLeak() async {
        // In a process of its own: the other tests use memory too.
        await #expect(processExitsWith: .success) {
            let engine = try WhisperFixture.merged.engine()
            let scheduler = Self.scheduler(engine)
            for seed in 0..<2 {
                _ = try await Self.storm(scheduler, of: engine, cancelled: 100, surviving: 10, seed: UInt64(seed))
            }
            try await Self.rest(scheduler)
            let before = ResidentMemory.bytes()
            for seed in 2..<6 {
                _ = try await Self.storm(scheduler, of: engine, cancelled: 100, surviving: 10, seed: UInt64(seed))
            }
            try await Self.rest(scheduler)
            // A window's features alone take 1 MB: 440 of them left behind would show.
            let growth = ResidentMemory.bytes() - before
            #expect(growth < 48 << 20, "grew by \(growth) bytes")
        }
    }
}
