import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct StreamingTurnBuilderTests {
    /// The rules applied to all frames at once, step after step.
    private func turns(_ posteriors: [Float], _ rules: TurnRules, frameSeconds: Double) -> [TimeSpan] {
        let half = rules.medianFrameCount / 2
        let smooth = posteriors.indices.map { frame in
            let window = posteriors[max(0, frame - half)...min(posteriors.count - 1, frame + half)].sorted()
            return window[window.count / 2]
        }
        var raw: [(Double, Double)] = []
        var start: Int?
        for (frame, posterior) in smooth.enumerated() {
            if let begin = start {
                if posterior < rules.offset {
                    raw.append((Double(begin), Double(frame)))
                    start = nil
                }
            } else if posterior >= rules.onset {
                start = frame
            }
        }
        if let begin = start { raw.append((Double(begin), Double(smooth.count))) }
        let padded = raw.map {
            (max(0, $0.0 * frameSeconds - rules.leadSeconds), $0.1 * frameSeconds + rules.tailSeconds)
        }
        func joined(_ spans: [(Double, Double)], _ isClose: (Double) -> Bool) -> [(Double, Double)] {
            spans.reduce(into: []) { result, span in
                if let last = result.last, isClose(span.0 - last.1) {
                    result[result.count - 1].1 = max(last.1, span.1)
                } else {
                    result.append(span)
                }
            }
        }
        let kept = joined(padded) { $0 <= 0 }.filter { $0.1 - $0.0 >= rules.shortestTurnSeconds }
        let end = Double(posteriors.count) * frameSeconds
        return joined(kept) { $0 < rules.shortestPauseSeconds }.map {
            TimeSpan(startSeconds: $0.0, endSeconds: min(end, $0.1))
        }
    }

    /// Posteriors that stay high or low for a while.
    private func posteriors(_ count: Int, seed: UInt64) -> [Float] {
        var random = SplitMix64(seed: seed)
        var level: Float = 0
        return (0..<count).map { _ in
            if Int.random(in: 0..<6, using: &random) == 0 { level = Float.random(in: 0...1, using: &random) }
            return min(1, max(0, level + Float.random(in: -0.2...0.2, using: &random)))
        }
    }

    @Test(arguments: [TurnRules.callhome, .dihard3, .tracker]) func piecesGiveWhatTheWholeGives(_ rules: TurnRules) {
        for seed in 0..<60 {
            let count = seed < 20 ? seed : 400
            let all = posteriors(count, seed: UInt64(seed))
            var random = SplitMix64(seed: UInt64(seed) + 1_000)
            var builder = StreamingTurnBuilder(speaker: 3, rules: rules, frameSeconds: 0.08, firstFrame: 0)
            var found: [StreamTurn] = []
            var rest = all[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...30, using: &random))
                found += builder.append(piece)
                rest = rest.dropFirst(piece.count)
            }
            found += builder.finish()
            let wanted = all.isEmpty ? [] : turns(all, rules, frameSeconds: 0.08)
            #expect(found.map(\.span).count == wanted.count, "seed \(seed)")
            for (one, other) in zip(found.map(\.span), wanted) {
                #expect(abs(one.startSeconds - other.startSeconds) < 1e-9, "seed \(seed)")
                #expect(abs(one.endSeconds - other.endSeconds) < 1e-9, "seed \(seed)")
            }
            #expect(found.allSatisfy { (0...1).contains($0.confidence) && $0.speaker == 3 })
        }
    }

    @Test func aSpeakerWhoComesLateWasSilentBefore() {
        for late in [1, 4, 7, 30] {
            let speech = posteriors(200, seed: 5)
            var early = StreamingTurnBuilder(speaker: 0, rules: .callhome, frameSeconds: 0.08, firstFrame: 0)
            var one = early.append([Float](repeating: 0, count: late))
            one += early.append(speech)
            one += early.finish()
            var builder = StreamingTurnBuilder(speaker: 0, rules: .callhome, frameSeconds: 0.08, firstFrame: late)
            let other = builder.append(speech)
            #expect(other + builder.finish() == one, "\(late)")
        }
    }

    @Test func aCutTurnGoesOn() {
        var builder = StreamingTurnBuilder(speaker: 0, rules: .tracker, frameSeconds: 0.1, firstFrame: 0)
        #expect(builder.append([Float](repeating: 0.9, count: 20)).isEmpty)
        let first = builder.cut()
        #expect(first.map(\.span) == [TimeSpan(startSeconds: 0, endSeconds: 2)])
        #expect(builder.append([Float](repeating: 0.8, count: 10)).isEmpty)
        let second = builder.finish()
        #expect(second.map(\.span) == [TimeSpan(startSeconds: 2, endSeconds: 3)])
        #expect(abs((second.first?.confidence ?? 0) - 0.8) < 1e-6)
        var timeline = SpeakerTimeline()
        for turn in first + second { timeline.apply(.turn(turn)) }
        #expect(timeline.turns.map(\.span) == [TimeSpan(startSeconds: 0, endSeconds: 3)])
    }
}
