import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// What else is in a batch changes nothing.
@Suite(.enabled(if: WhisperFixture.isAvailable, WhisperFixture.hint), .serialized)
struct BatchInvarianceTests {
    /// Requests that differ in all that decoding looks at.
    private static let changes: [@Sendable (inout RecognitionOptions) -> Void] = [
        { _ in },
        { $0.decoding.usesTimestamps = false },
        { $0.decoding.beamSize = 5 },
        { $0.decoding.beamSize = 2 },
        { $0.language = "de" },
        { $0.language = nil },
        { $0.prompt = "we looked at the numbers again" },
        { $0.prompt = "once" },
        { $0.keywords = ["numbers", "again"] },
        { $0.task = .translate },
        { $0.temperature = 0.6 },
        { $0.decoding.maximumTokenCount = 3 },
        { $0.decoding.suppressedTokens = [-1, 276, 277] },
        // Never believed: all temperatures are tried.
        { options in
            options.decoding.temperatureIncrement = 0.5
            options.decoding.logProbabilityThreshold = 0
            options.decoding.bestOf = 2
        },
        { $0.decoding.hallucinationSilence = .seconds(1) },
        { $0.decoding.alignsWords = false },
    ]

    private static func options() -> [RecognitionOptions] {
        changes.map { change in
            var options = RecognitionOptions(language: "en", decoding: .unjudged)
            options.decoding.maximumTokenCount = 16
            change(&options)
            return options
        }
    }

    @Test(arguments: WhisperFixture.allCases) func togetherAsAlone(_ fixture: WhisperFixture) async throws {
        // Each request with two of the signals.
        let windows = FixtureWindow.all.map { $0.audioWindow() }
        let work = Self.options().enumerated().flatMap { index, options in
            [windows[index % windows.count], windows[(index * 3 + 1) % windows.count]].map { ($0, options) }
        }
        let single = try fixture.recognizer(maximumBatch: 1)
        var alone: [WindowHypothesis] = []
        for (window, options) in work { alone.append(try await single.recognize(window, options: options)) }
        #expect(Set(alone.map(\.tokens)).count > work.count / 2)

        let recognizer = try fixture.recognizer(maximumBatch: 8)
        let together = try await withThrowingTaskGroup(of: (Int, WindowHypothesis).self) { group in
            for round in 0..<2 {
                for index in work.indices {
                    // Another order, so that other windows meet.
                    let place = round == 0 ? index : work.count - 1 - index
                    group.addTask {
                        (place, try await recognizer.recognize(work[place].0, options: work[place].1))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(together.count == 2 * work.count)
        for (index, hypothesis) in together {
            expectEqual(hypothesis, alone[index], "\(work[index].1.decoding) \(index)")
        }
        let status = try #require(recognizer.batching)
        #expect(status.rowCount > status.batchCount, "batches had more than one window")
        #expect(status.queuedRows == 0 && status.runningRows == 0)
    }

    /// Several windows with several texts each in one wave, as on a GPU: rows of all of them are reordered and dropped.
    @Test(arguments: WhisperFixture.allCases, [2, 5]) func wavesOfBeams(
        _ fixture: WhisperFixture, _ beamSize: Int
    ) throws {
        var options = RecognitionOptions(language: "en", decoding: .unjudged)
        options.decoding.beamSize = beamSize
        options.decoding.maximumTokenCount = 12
        let jobs = FixtureWindow.all.enumerated().map { index, window in
            var own = options
            // Windows that leave the wave at different times.
            own.decoding.maximumTokenCount = 3 + index % 5 * 2
            return window.job(own)
        }
        let engine = try fixture.engine()
        let alone = try jobs.flatMap { try engine.decode([$0]) }
        let counting = CountingNetwork(network: engine.network)
        let wide = engine.with(network: counting, maximumRows: 64, isParallel: true)
        let together = try wide.decode(jobs)
        for (one, other) in zip(together, alone) { expectEqual(one, other, "beam \(beamSize)") }
        #expect(counting.calls.value.started.contains { $0.rows > 1 })
    }

    @Test(arguments: WhisperFixture.allCases) func finishedWindowsLeaveTheBatch(_ fixture: WhisperFixture) throws {
        var options = RecognitionOptions(language: "en", decoding: .unjudged)
        options.decoding.isEndless = true
        let jobs = [2, 9, 5, 5, 1].enumerated().map { index, count in
            options.decoding.maximumTokenCount = count
            return FixtureWindow.all[index].job(options)
        }
        let counting = CountingNetwork(network: try fixture.engine().network)
        let found = try fixture.engine().with(network: counting).decode(jobs)
        #expect(found.count == 5)
        #expect(counting.calls.value.started.map(\.rows) == [5])
        // A text of n tokens needs n - 1 steps.
        #expect(counting.calls.value.advanced == [4, 3, 3, 3, 1, 1, 1, 1])
    }

    @Test(arguments: WhisperFixture.allCases) func aWindowThatIsNotBelievedGoesBackAlone(
        _ fixture: WhisperFixture
    ) throws {
        var options = RecognitionOptions(language: "en", decoding: .unjudged)
        options.decoding.maximumTokenCount = 6
        var doubted = options
        doubted.decoding.logProbabilityThreshold = 0
        doubted.decoding.temperatureIncrement = 0.5
        doubted.decoding.bestOf = 3
        let jobs = (0..<4).map { FixtureWindow.all[$0 + 2].job($0 == 1 ? doubted : options) }
        let engine = try fixture.engine()
        let counting = CountingNetwork(network: engine.network)
        let counted = engine.with(network: counting)
        let bucket = try counted.bucket(of: jobs[0])
        let entries = jobs.map { BatchEntry(job: $0, cancellation: CancellationFlag()) }
        let outcomes = counted.execute(entries, bucket, CancellationFlag())
        // The others are finished in the same batch.
        for index in [0, 2, 3] {
            guard case .finished(let hypothesis) = outcomes[index] else {
                Issue.record("not finished")
                return
            }
            expectEqual(hypothesis, try engine.decode([jobs[index]])[0], "\(index)")
        }
        guard case .again(let next, let nextBucket) = outcomes[1] else {
            Issue.record("not queued again")
            return
        }
        #expect(next.temperature == 0.5)
        #expect(next.attempts.count == 1)
        #expect(nextBucket.candidateCount == 3)
        #expect(nextBucket.promptLength == bucket.promptLength)
        // It brings what the encoder said with it.
        let rest = try counted.decode([next])
        #expect(counting.calls.value.encoded == [1, 1, 1, 1])
        expectEqual(rest[0], try engine.decode([jobs[1]])[0], "alone")
        #expect([0, 0.5, 1].contains(rest[0].temperature))
    }

    @Test func fallbackGoesThroughTheQueue() async throws {
        let engine = try WhisperFixture.merged.engine()
        let counting = CountingNetwork(network: engine.network)
        let recognizer = try WhisperFixture.merged.recognizer { $0.with(network: counting) }
        var options = RecognitionOptions(language: "en", decoding: .unjudged)
        options.decoding.maximumTokenCount = 4
        options.decoding.logProbabilityThreshold = 0
        options.decoding.temperatureIncrement = 0.25
        let hypothesis = try await recognizer.recognize(FixtureWindow.all[3].audioWindow(), options: options)
        #expect(hypothesis.tokens.count <= 4)
        #expect(recognizer.batching?.batchCount == 5)
        #expect(counting.calls.value.started.count == 5)
        #expect(counting.calls.value.encoded == [1])
    }

    @Test func theLanguageIsHeardInABatchOfItsOwn() async throws {
        let engine = try WhisperFixture.merged.engine()
        let counting = CountingNetwork(network: engine.network)
        var options = RecognitionOptions(decoding: .unjudged)
        options.decoding.maximumTokenCount = 2
        let jobs = (0..<3).map { FixtureWindow.all[$0].job(options) }
        let found = try engine.with(network: counting).decode(jobs)
        #expect(found.allSatisfy { $0.languageProbability != nil })
        #expect(counting.calls.value.encoded == [1, 1, 1])
        #expect(counting.calls.value.started.first?.length == 1)
        #expect(counting.calls.value.started.first?.rows == 3)
        // Among some languages only these are heard, and their probabilities add up to 1.
        options.candidateLanguages = ["fr", "pl"]
        let among = try engine.decode([FixtureWindow.all[0].job(options)])[0]
        #expect(["fr", "pl"].contains(among.language))
        #expect((among.languageProbability ?? 0) >= 0.5)
    }

    /// Tokens are equal; scores are sums of 32-bit products whose order the library may choose by the batch's size.
    private func expectEqual(_ one: WindowHypothesis, _ other: WindowHypothesis, _ what: String) {
        #expect(one.tokens == other.tokens, "\(what)")
        #expect(one.words.map(\.text) == other.words.map(\.text), "\(what)")
        for (word, known) in zip(one.words, other.words) {
            #expect(word.span == known.span, "\(what)")
            #expect(abs(word.probability - known.probability) < 1e-4, "\(what)")
        }
        #expect(one.language == other.language && one.temperature == other.temperature, "\(what)")
        #expect(one.compressionRatio == other.compressionRatio, "\(what)")
        for (score, known) in [
            (one.averageLogProbability ?? 0, other.averageLogProbability ?? 0),
            (one.noSpeechProbability, other.noSpeechProbability),
            (one.languageProbability ?? 0, other.languageProbability ?? 0),
        ] { #expect(abs(score - known) < 1e-4, "\(what)") }
    }
}
