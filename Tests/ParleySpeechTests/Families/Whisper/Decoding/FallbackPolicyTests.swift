import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct FallbackPolicyTests {
    private static func policy(
        first: Double = 0, _ change: (inout DecodingOptions) -> Void = { _ in }
    ) -> FallbackPolicy {
        var options = DecodingOptions()
        change(&options)
        return FallbackPolicy(options: options, firstTemperature: first)
    }

    private static func attempt(_ average: Double, ratio: Double = 1, temperature: Double = 0) -> DecodingAttempt {
        // One token and the end: the mean is half of the sum.
        DecodingAttempt(
            text: FoundText(tokens: [1], logProbabilities: [Float(average), Float(average)], sum: Float(2 * average)),
            temperature: temperature, compressionRatio: ratio)
    }

    @Test func temperaturesRiseToOne() {
        func temperatures(_ first: Double, _ increment: Double) -> [Double] {
            Self.policy(first: first) { $0.temperatureIncrement = increment }.temperatures
        }
        func expectEqual(_ found: [Double], _ expected: [Double]) {
            #expect(found.count == expected.count)
            for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-9) }
        }
        expectEqual(temperatures(0, 0.2), [0, 0.2, 0.4, 0.6, 0.8, 1])
        expectEqual(temperatures(0.4, 0.2), [0.4, 0.6, 0.8, 1])
        expectEqual(temperatures(0.5, 0.2), [0.5, 0.7, 0.9])
        expectEqual(temperatures(1, 0.2), [1])
        expectEqual(temperatures(0, 0), [0])
        expectEqual(temperatures(0, -1), [0])
        expectEqual(temperatures(0.3, 0), [0.3])
        expectEqual(temperatures(0, 5), [0])
        #expect(temperatures(0, 1e-300).count <= 101)
        #expect(temperatures(0, .nan) == [0])
        #expect(temperatures(7, 0.2) == [7])
    }

    @Test func judgesLikeOpenAI() {
        // compression ratio 2.4, log-probability -1, no speech 0.6
        let policy = Self.policy()
        #expect(policy.verdict(Self.attempt(-0.5), noSpeechProbability: 0) == .believed)
        #expect(policy.verdict(Self.attempt(-1), noSpeechProbability: 0) == .believed)
        #expect(policy.verdict(Self.attempt(-1.25), noSpeechProbability: 0) == .again)
        #expect(policy.verdict(Self.attempt(-0.5, ratio: 2.4), noSpeechProbability: 0) == .believed)
        #expect(policy.verdict(Self.attempt(-0.5, ratio: 2.5), noSpeechProbability: 0) == .again)
        // Silence counts only where the text is improbable too.
        #expect(policy.verdict(Self.attempt(-0.5), noSpeechProbability: 0.9) == .believed)
        #expect(policy.verdict(Self.attempt(-0.5, ratio: 3), noSpeechProbability: 0.9) == .again)
        #expect(policy.verdict(Self.attempt(-1.25), noSpeechProbability: 0.9) == .silent)
        #expect(policy.verdict(Self.attempt(-1.25, ratio: 3), noSpeechProbability: 0.9) == .silent)
        #expect(policy.verdict(Self.attempt(-1.25), noSpeechProbability: 0.6) == .again)
    }

    @Test func nilThresholdsDoNotJudge() {
        let noProbability = Self.policy { $0.logProbabilityThreshold = nil }
        #expect(noProbability.verdict(Self.attempt(-9), noSpeechProbability: 0) == .believed)
        #expect(noProbability.verdict(Self.attempt(-9), noSpeechProbability: 0.7) == .silent)
        let noSilence = Self.policy { $0.noSpeechThreshold = nil }
        #expect(noSilence.verdict(Self.attempt(-9), noSpeechProbability: 1) == .again)
        let noRatio = Self.policy { $0.compressionRatioThreshold = nil }
        #expect(noRatio.verdict(Self.attempt(-0.5, ratio: 99), noSpeechProbability: 0) == .believed)
    }

    @Test func theLeastBadIsTheLikeliestThatDoesNotRepeatItself() {
        let attempts = [
            Self.attempt(-0.1, ratio: 8, temperature: 0), Self.attempt(-1.6, temperature: 0.2),
            Self.attempt(-1.2, ratio: 2.4, temperature: 0.4), Self.attempt(-1.3, temperature: 0.6),
        ]
        #expect(Self.policy().leastBad(attempts)?.temperature == 0.4)
        #expect(Self.policy { $0.compressionRatioThreshold = nil }.leastBad(attempts)?.temperature == 0)
        #expect(Self.policy { $0.compressionRatioThreshold = 0.5 }.leastBad(attempts)?.temperature == 0)
        #expect(Self.policy().leastBad([]) == nil)
    }
}
