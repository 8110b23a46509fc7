import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// An implementation of the port that can run here.
enum StreamingImplementation: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case tracker, sortformer

    static let available = allCases.filter { $0.isAvailable }
    var testDescription: String { rawValue }

    private var isAvailable: Bool {
        switch self {
        case .tracker: BundledDiarizer.isAvailable
        case .sortformer: SortformerFixture.isAvailable
        }
    }

    func diarizer() throws -> any StreamingDiarizer {
        switch self {
        case .tracker: OnlineSpeakerTracker(sharing: try BundledDiarizer.diarizer())
        case .sortformer: try SortformerFixture.diarizer()
        }
    }

    /// Something in which the implementation finds speakers.
    func audio(seconds: Double) -> [Float] {
        switch self {
        case .tracker: TestSpeech.vowels(seconds: seconds)
        case .sortformer: SortformerFixture.audio(seconds: seconds)
        }
    }
}

/// What every streaming diarizer promises.
@Suite(.enabled(if: SortformerFixture.isAvailable, SortformerFixture.hint))
struct StreamingContractTests {
    @Test(arguments: StreamingImplementation.available) func piecesOfAnySizeGiveTheSame(
        _ implementation: StreamingImplementation
    ) async throws {
        let diarizer = try implementation.diarizer()
        let audio = implementation.audio(seconds: 23.4)
        let whole = try await diarizer.events(audio, pushing: audio.count)
        #expect(whole.contains { if case .turn = $0 { true } else { false } })
        for size in [320, 1_111, 100_000] {
            StreamComparison(whole, try await diarizer.events(audio, pushing: size)).expectEqual("\(size)")
        }
    }

    @Test(arguments: StreamingImplementation.available) func eventsFitEachOther(
        _ implementation: StreamingImplementation
    ) async throws {
        for latency in [nil, Duration.seconds(1), .seconds(2.5)] {
            var options = StreamingDiarizationOptions()
            options.latency = latency
            let audio = implementation.audio(seconds: 13.7)
            let events = try await implementation.diarizer().events(audio, pushing: 4_000, options: options)
            expectOrder(events, seconds: 13.7)
        }
    }

    private func expectOrder(_ events: [SpeakerEvent], seconds: Double) {
        var reached = 0.0
        var announced: Set<Int> = []
        for event in events {
            switch event {
            case .speaker(let speaker): announced.insert(speaker.id)
            case .frames(let frames):
                #expect(abs(frames.startSeconds - reached) < 1e-6)
                #expect(announced.isSuperset(of: frames.activity.keys))
                #expect(frames.activity.values.allSatisfy { $0.count == frames.frameCount })
                #expect(frames.activity.values.joined().allSatisfy { (0...1).contains($0) })
                reached = frames.endSeconds
            case .turn(let turn):
                #expect(announced.contains(turn.speaker))
                #expect(turn.span.durationSeconds > 0)
                #expect(turn.span.endSeconds <= reached + 0.5)
                #expect((0...1).contains(turn.confidence))
            case .revised(let revisions):
                #expect(!revisions.isEmpty)
                #expect(revisions.allSatisfy { announced.contains($0.speaker) && announced.contains($0.replacement) })
            case .ended(let end): #expect(abs(end - seconds) < 1e-3)
            }
        }
        #expect(abs(reached - seconds) < 0.1)
        if case .ended = events.last {} else { Issue.record("no end") }
    }

    @Test(arguments: StreamingImplementation.available) func nothingGivesAnEndOnly(
        _ implementation: StreamingImplementation
    ) async throws {
        let stream = try await implementation.diarizer().makeStream(.init())
        #expect(try await stream.push([]).isEmpty)
        #expect(try await stream.finish() == [.ended(0)])
        #expect(try await stream.finish().isEmpty)
        #expect(try await stream.push([Float](repeating: 0.1, count: 400_000)).isEmpty)
        #expect(try await stream.finish().isEmpty)
    }

    @Test(arguments: StreamingImplementation.available, [1, 159, 161, 1_000, 8_000]) func aMomentIsEnough(
        _ implementation: StreamingImplementation, sampleCount: Int
    ) async throws {
        let events = try await implementation.diarizer().events(
            [Float](repeating: 0.01, count: sampleCount), pushing: 100)
        #expect(events.last == .ended(Double(sampleCount) / 16_000))
    }

    @Test(arguments: StreamingImplementation.available) func silenceIsNobody(
        _ implementation: StreamingImplementation
    ) async throws {
        let silence = [Float](repeating: 0, count: 16_000 * 20)
        let events = try await implementation.diarizer().events(silence, pushing: 8_000)
        if implementation == .tracker { #expect(events.timeline.turns.isEmpty) }
        expectOrder(events, seconds: 20)
    }

    @Test(arguments: StreamingImplementation.available) func hostileSamplesDoNoHarm(
        _ implementation: StreamingImplementation
    ) async throws {
        var random = SplitMix64(seed: 5)
        let noise = (0..<320_000).map { _ in Float.random(in: -1...1, using: &random) }
        var bad: [Float] = noise.map { $0 * 1e30 }
        for index in stride(from: 0, to: bad.count, by: 977) { bad[index] = .nan }
        for index in stride(from: 0, to: bad.count, by: 983) { bad[index] = .infinity }
        let diarizer = try implementation.diarizer()
        expectOrder(try await diarizer.events(noise, pushing: 8_000), seconds: 20)
        let events = try await diarizer.events(bad, pushing: 8_000)
        #expect(events.last == .ended(20))
    }

    @Test(arguments: StreamingImplementation.available) func aStreamIsItsOwn(
        _ implementation: StreamingImplementation
    ) async throws {
        let diarizer = try implementation.diarizer()
        let (first, second) = (
            implementation.audio(seconds: 17), Array(implementation.audio(seconds: 41)[(24 * 16_000)...])
        )
        let alone = try await [diarizer.events(first, pushing: 8_000), diarizer.events(second, pushing: 8_000)]
        async let one = diarizer.events(first, pushing: 8_000)
        async let other = diarizer.events(second, pushing: 8_000)
        StreamComparison(alone[0], try await one).expectEqual()
        StreamComparison(alone[1], try await other).expectEqual()
    }

    @Test(arguments: StreamingImplementation.available) func aCancelledPushLosesNothing(
        _ implementation: StreamingImplementation
    ) async throws {
        let diarizer = try implementation.diarizer()
        let audio = implementation.audio(seconds: 26)
        let whole = try await diarizer.events(audio, pushing: audio.count)
        let stream = try await diarizer.makeStream(.init())
        let half = audio.count / 2
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await stream.push(Array(audio[..<half]))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let events = try await stream.push(Array(audio[half...])) + stream.finish()
        StreamComparison(whole, events).expectEqual()
    }

    @Test(arguments: StreamingImplementation.available) func theMaximumIsKept(
        _ implementation: StreamingImplementation
    ) async throws {
        for maximum in 1...2 {
            var options = StreamingDiarizationOptions()
            options.maximumSpeakers = maximum
            let events = try await implementation.diarizer().events(
                SortformerFixture.audio(seconds: 20), pushing: 8_000, options: options)
            #expect(events.timeline.speakers.count <= maximum)
        }
    }

    /// Sortformer has four places; a fifth voice must end in one of them.
    @Test func fiveVoicesInSortformerAreFourAtMost() async throws {
        let audio = (0..<5).flatMap { SortformerFixture.audio(seconds: 12, seed: 40 + UInt64($0)) }
        let events = try await SortformerFixture.diarizer().events(audio, pushing: 16_000)
        #expect((1...4).contains(events.timeline.speakers.count))
        expectOrder(events, seconds: 60)
    }
}
