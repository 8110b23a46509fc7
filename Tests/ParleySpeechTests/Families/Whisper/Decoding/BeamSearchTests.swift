import Foundation
import Testing

@testable import ParleySpeech

@Suite struct BeamSearchTests {
    /// openai/whisper's `BeamSearchDecoder` and `MaximumLikelihoodRanker`, statement by statement, without rows.
    private struct Statement {
        let table: LanguageTable
        let beamSize: Int
        let patience: Double
        let lengthPenalty: Double?
        let sampleCount: Int

        func best() -> (tokens: [Int], sum: Double) {
            let candidateCount = Int((Double(beamSize) * patience).rounded(.toNearestOrEven))
            var finished: [[Int]: Double] = [:]
            var beams: [[Int]: Double] = [[]: 0]
            for _ in 0..<sampleCount {
                var scores: [[Int]: Double] = [:]
                for (prefix, sum) in beams {
                    let rated = table.logProbabilities(after: prefix).enumerated().sorted { $0.element > $1.element }
                    for (token, logProbability) in rated.prefix(beamSize + 1) {
                        scores[prefix + [token]] = sum + logProbability
                    }
                }
                beams = [:]
                var ended: [([Int], Double)] = []
                for (text, score) in scores.sorted(by: { $0.value > $1.value }) {
                    if text.last == table.endOfText {
                        ended.append((text, score))
                    } else {
                        beams[text] = score
                        if beams.count == beamSize { break }
                    }
                }
                for (text, score) in ended where finished.count < candidateCount { finished[text] = score }
                if finished.count >= candidateCount { break }
            }
            for (text, sum) in beams.sorted(by: { $0.value > $1.value }) where finished.count < beamSize {
                finished[text + [table.endOfText]] = sum
            }
            func score(_ entry: (key: [Int], value: Double)) -> Double {
                let length = Double(max(1, entry.key.count - 1))
                return entry.value / (lengthPenalty.map { pow((5 + length) / 6, $0) } ?? length)
            }
            let best = finished.max { score($0) < score($1) }
            return (Array((best?.key ?? []).dropLast()), best?.value ?? 0)
        }
    }

    private static func compare(
        _ table: LanguageTable, beamSize: Int, patience: Double = 1, lengthPenalty: Double? = nil, sampleCount: Int
    ) {
        var search = BeamSearch(
            beamSize: beamSize, patience: patience, endOfText: table.endOfText, maximumTokenCount: sampleCount,
            ranking: LikelihoodRanking(lengthPenalty: lengthPenalty))
        let counts = table.run(&search)
        let expected = Statement(
            table: table, beamSize: beamSize, patience: patience, lengthPenalty: lengthPenalty,
            sampleCount: sampleCount
        ).best()
        let found = search.best()
        #expect(found.tokens == expected.tokens)
        #expect(abs(Double(found.sum) - expected.sum) < 1e-4)
        #expect(abs(Double(found.logProbabilities.reduce(0, +)) - expected.sum) < 1e-4)
        #expect(counts.allSatisfy { $0 <= beamSize })
        #expect(counts.count < sampleCount)
    }

    @Test(arguments: 0..<60) func findsWhatOpenAIsDecoderFinds(_ seed: UInt64) {
        for beamSize in 1...5 {
            Self.compare(LanguageTable(seed: seed, tokenCount: 7), beamSize: beamSize, sampleCount: 12)
        }
    }

    @Test(arguments: 0..<30, [0.5, 1.5, 2, 2.5]) func patienceDecidesWhenItEnds(_ seed: UInt64, _ patience: Double) {
        for beamSize in [2, 3, 5] {
            Self.compare(
                LanguageTable(seed: seed, tokenCount: 6, endBias: 1), beamSize: beamSize, patience: patience,
                sampleCount: 10)
        }
    }

    @Test(arguments: 0..<30, [0, 0.6, 1] as [Double]) func aLengthPenaltyDecidesBetweenTheFinished(
        _ seed: UInt64, _ lengthPenalty: Double
    ) {
        Self.compare(
            LanguageTable(seed: seed, tokenCount: 6, endBias: 1), beamSize: 4, lengthPenalty: lengthPenalty,
            sampleCount: 10)
    }

    @Test(arguments: 0..<30) func unfinishedTextsStandIn(_ seed: UInt64) {
        Self.compare(LanguageTable(seed: seed, tokenCount: 6, endBias: -4), beamSize: 4, sampleCount: 5)
        Self.compare(LanguageTable(seed: seed, tokenCount: 6, endBias: -100), beamSize: 3, sampleCount: 4)
    }

    @Test func fewerTokensThanBeams() {
        Self.compare(LanguageTable(seed: 5, tokenCount: 3), beamSize: 5, sampleCount: 4)
        Self.compare(LanguageTable(seed: 6, tokenCount: 2), beamSize: 5, sampleCount: 4)
    }

    @Test func wildNumbersEndTheSearchToo() {
        let table = LanguageTable(seed: 1, tokenCount: 5)
        for (beamSize, patience, limit) in [
            (0, 1.0, 5), (-3, 1, 5), (2, .infinity, 5), (2, .nan, 5), (2, 1e300, 5), (2, -1, 5), (2, 0, 5), (2, 1, 0),
            (2, 1, -9),
        ] {
            var search = BeamSearch(
                beamSize: beamSize, patience: patience, endOfText: 4, maximumTokenCount: limit,
                ranking: LikelihoodRanking())
            #expect(table.run(&search).count < 6)
            #expect(search.best().tokens.count <= max(1, limit))
        }
    }
}
