import ParleyCore
import Foundation
import Testing

@testable import ParleySpeech

@Suite struct SamplingSearchTests {
    private static func search(
        _ table: LanguageTable, temperature: Double = 0, candidates: Int = 1, limit: Int = 20, seed: UInt64 = 1,
        lengthPenalty: Double? = nil
    ) -> SamplingSearch {
        SamplingSearch(
            temperature: temperature, candidateCount: candidates, endOfText: table.endOfText,
            maximumTokenCount: limit, ranking: LikelihoodRanking(lengthPenalty: lengthPenalty), seed: seed)
    }

    @Test(arguments: 0..<30) func takesTheLikeliestTokens(_ seed: UInt64) {
        let table = LanguageTable(seed: seed, tokenCount: 9)
        var search = Self.search(table, candidates: 5)
        let counts = table.run(&search)
        var (tokens, sum, count): ([Int], Double, Int) = ([], 0, 0)
        while tokens.count < 20 {
            let rated = table.logProbabilities(after: tokens)
            let best = rated.indices.max { rated[$0] < rated[$1] } ?? 0
            sum += rated[best]
            count += 1
            guard best != table.endOfText else { break }
            tokens.append(best)
        }
        let found = search.best()
        #expect(found.tokens == tokens)
        #expect(found.logProbabilities.count == count)
        #expect(abs(Double(found.sum) - sum) < 1e-4)
        #expect(abs(found.averageLogProbability - sum / Double(tokens.count + 1)) < 1e-5)
        // At temperature 0 there is one text, whatever number was asked for.
        #expect(counts.allSatisfy { $0 == 1 })
    }

    @Test func stopsAtTheLimit() {
        let table = LanguageTable(seed: 3, tokenCount: 9, endBias: -100)
        for limit in [1, 2, 7] {
            for (temperature, candidates) in [(0.0, 1), (0.8, 3)] {
                var search = Self.search(table, temperature: temperature, candidates: candidates, limit: limit)
                #expect(table.run(&search).count == limit - 1)
                #expect(search.best().tokens.count == limit)
                #expect(search.best().logProbabilities.count == limit)
            }
        }
    }

    @Test(arguments: 0..<20) func theSameSeedDrawsTheSame(_ seed: UInt64) {
        let table = LanguageTable(seed: seed, tokenCount: 12)
        var (one, other) = (
            Self.search(table, temperature: 0.7, candidates: 4, seed: seed),
            Self.search(table, temperature: 0.7, candidates: 4, seed: seed)
        )
        _ = (table.run(&one), table.run(&other))
        #expect(one.best() == other.best())
    }

    @Test func anotherSeedDrawsAnother() {
        let table = LanguageTable(seed: 8, tokenCount: 40, endBias: -5)
        let found = Set(
            (0..<20).map { seed in
                var search = Self.search(table, temperature: 1, limit: 6, seed: UInt64(seed))
                _ = table.run(&search)
                return search.best().tokens
            })
        #expect(found.count == 20)
    }

    /// The candidates are those that searches of one text draw with the same generators; the likeliest of them wins,
    /// by its log-probability at temperature 1.
    @Test(arguments: 0..<20, [nil, 0, 1] as [Double?]) func theLikeliestCandidateWins(
        _ seed: UInt64, _ lengthPenalty: Double?
    ) {
        let table = LanguageTable(seed: seed, tokenCount: 8)
        var search = Self.search(
            table, temperature: 0.9, candidates: 5, seed: seed, lengthPenalty: lengthPenalty)
        let counts = table.run(&search)
        #expect((counts.first ?? 0) <= 5)
        let alone = (0..<5).map { index in
            var single = Self.search(table, temperature: 0.9, seed: seed &+ UInt64(index) &* 0x9e37_79b9)
            _ = table.run(&single)
            return single.best()
        }
        let scores = alone.map { text -> Double in
            var (sum, prefix): (Double, [Int]) = (0, [])
            for token in text.tokens {
                sum += table.logProbabilities(after: prefix)[token]
                prefix.append(token)
            }
            if prefix.count < 20 { sum += table.logProbabilities(after: prefix)[table.endOfText] }
            let length = Double(max(1, prefix.count))
            return sum / (lengthPenalty.map { pow((5 + length) / 6, $0) } ?? length)
        }
        let winner = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        #expect(search.best().tokens == alone[winner].tokens)
    }

    @Test func drawsAsOftenAsProbable() {
        let table = LanguageTable(seed: 2, tokenCount: 5, endBias: -100)
        let temperature = 0.6
        var counts = [Double](repeating: 0, count: 5)
        let drawCount = 20_000
        for seed in 0..<drawCount {
            var search = Self.search(table, temperature: temperature, limit: 1, seed: UInt64(seed) &* 7_919)
            _ = table.run(&search)
            counts[search.best().tokens[0]] += 1
        }
        let weights = table.logits(after: []).map { exp(Double($0) / temperature) }
        let total = weights.reduce(0, +)
        for (count, weight) in zip(counts, weights) {
            let probability = weight / total
            let deviation = (probability * (1 - probability) * Double(drawCount)).squareRoot()
            #expect(abs(count - probability * Double(drawCount)) < 5 * deviation + 1)
        }
    }

    @Test func theGeneratorIsSplitMix64() {
        // First outputs for the seed 1234567 (Vigna's reference program).
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        ]
        for value in expected { #expect(generator.uniform() == Double(value >> 11) * 0x1p-53) }
    }
}
