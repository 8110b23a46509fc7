import ParleyCore
import Testing

@testable import ParleyCore

@Suite struct TurnBuilderTests {
    /// Frames of 0.1 s, so that three frames are the longest pause.
    private let builder = TurnBuilder(options: TurnOptions(), frameSeconds: 0.1)

    private func frames(_ runs: (Float, Int)...) -> [Float] {
        runs.flatMap { [Float](repeating: $0.0, count: $0.1) }
    }

    private func activity(_ posteriors: [[Float]], end: Double = 1_000) -> SpeakerActivity {
        builder.activity(
            speakers: posteriors.indices.map { "S\($0)" }, stretches: posteriors.map(builder.stretches),
            posteriors: posteriors, startSeconds: 0, endSeconds: end)
    }

    @Test func hysteresisKeepsATurnThroughDoubt() {
        #expect(builder.stretches(frames((0.2, 5), (0.9, 5), (0.45, 10), (0.3, 9))) == [5..<20])
        // What never reaches the onset is no turn, however long it stays above the offset.
        #expect(builder.stretches(frames((0.45, 50))).isEmpty)
    }

    @Test func shortPausesAreBridgedAndLongOnesAreNot() {
        #expect(builder.stretches(frames((1, 5), (0, 2), (1, 5))) == [0..<12])
        #expect(builder.stretches(frames((1, 5), (0, 3), (1, 5))) == [0..<5, 8..<13])
    }

    @Test func tooShortTurnsAreDropped() {
        var options = TurnOptions()
        options.shortestTurnSeconds = 0.3
        let strict = TurnBuilder(options: options, frameSeconds: 0.1)
        #expect(strict.stretches(frames((0, 3), (1, 2), (0, 5), (1, 3))) == [10..<13])
    }

    @Test func optionsMoveTheLimits() {
        var options = TurnOptions()
        options.onset = 0.8
        options.offset = 0.9
        options.longestPauseSeconds = 0
        let strict = TurnBuilder(options: options, frameSeconds: 0.1)
        // An offset above the onset counts as the onset.
        #expect(strict.stretches(frames((0.85, 3), (0.7, 1), (0.85, 2))) == [0..<3, 4..<6])
    }

    @Test func aTurnTellsConfidenceAndOverlap() {
        let result = activity([frames((0.9, 10), (0.6, 10), (0, 10)), frames((0, 15), (0.8, 15))])
        #expect(result.turns.map(\.speaker) == ["S0", "S1"])
        #expect(abs(result.turns[0].confidence - 0.75) < 1e-6)
        #expect(abs(result.turns[1].confidence - 0.8) < 1e-6)
        #expect(result.turns.allSatisfy { abs($0.overlapSeconds - 0.5) < 1e-9 })
    }

    @Test func theLouderIsShownAloneInAnOverlap() {
        let result = activity([frames((0.9, 20), (0, 10)), frames((0, 10), (0.6, 5), (0.95, 15))])
        // Between 1.5 s and 2 s S1 is louder.
        #expect(result.exclusiveTurns.map(\.speaker) == ["S0", "S1"])
        #expect(abs(result.exclusiveTurns[0].span.endSeconds - 1.5) < 1e-9)
        #expect(result.exclusiveTurns[1].span.startSeconds == result.exclusiveTurns[0].span.endSeconds)
    }

    @Test func alternationsLeaveNoSlivers() {
        let flicker = (0..<60).map { $0.isMultiple(of: 2) ? Float(0.9) : 0.55 }
        let result = activity([flicker, flicker.map { 1.45 - $0 }])
        #expect(result.exclusiveTurns.count == 1)
        #expect(result.turns.count == 2)
    }

    @Test func aShortRemarkIsHiddenAndALongOneIsShown() {
        let talker = frames((0.7, 60))
        let brief = activity([talker, frames((0, 30), (0.9, 2), (0, 28))])
        #expect(brief.exclusiveTurns.map(\.speaker) == ["S0"])
        let long = activity([talker, frames((0, 30), (0.99, 20), (0, 10))])
        #expect(long.exclusiveTurns.map(\.speaker) == ["S0", "S1", "S0"])
    }

    @Test func nothingLastsLongerThanTheRecording() {
        let result = activity([frames((0.9, 30))], end: 2.95)
        #expect(result.turns[0].span.endSeconds == 2.95 && result.exclusiveTurns[0].span.endSeconds == 2.95)
    }

    @Test func silenceHasNoTurns() {
        let result = activity([frames((0.1, 100))])
        #expect(result.turns.isEmpty && result.exclusiveTurns.isEmpty)
    }

    /// Random posteriors: exclusive turns cover exactly what turns cover, one speaker at a time, each within a turn of
    /// its speaker.
    @Test(arguments: 0..<20) func exclusiveTurnsCoverTheTurns(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let posteriors = (0..<4).map { _ in
            (0..<40).flatMap { _ in
                [Float](
                    repeating: Float.random(in: 0...1, using: &random), count: Int.random(in: 1...12, using: &random))
            }.prefix(160)
        }.map { Array($0) + [Float](repeating: 0, count: 160 - $0.count) }
        let result = activity(posteriors)
        func covered(_ turns: [SpeakerTurn], _ frame: Int) -> [String] {
            let middle = (Double(frame) + 0.5) * 0.1
            return turns.filter { $0.span.startSeconds < middle && middle < $0.span.endSeconds }.map(\.speaker)
        }
        for frame in 0..<160 {
            let all = covered(result.turns, frame)
            let alone = covered(result.exclusiveTurns, frame)
            #expect(alone.count == (all.isEmpty ? 0 : 1))
            #expect(alone.allSatisfy(all.contains))
        }
    }
}
