import ParleyCore
import Foundation
import Testing

@testable import ParleySpeech

@Suite struct LogitRowTests {
    private static func row(_ values: [Float]) -> LogitRow {
        var row = LogitRow(count: values.count)
        values.withUnsafeBufferPointer { row.load($0) }
        return row
    }

    /// The definition, in double precision.
    private static func logSumExp(_ values: [Float]) -> Double {
        let largest = Double(values.max() ?? -.infinity)
        guard largest.isFinite else { return -.infinity }
        return largest + log(values.reduce(0.0) { $0 + exp(Double($1) - largest) })
    }

    @Test(arguments: [1, 7, 8, 9, 15, 16, 17, 100, 1_001, 4_096], [0.01, 1, 30, 1_000] as [Float])
    func sumsLikeTheDefinition(_ count: Int, _ scale: Float) {
        var generator = SplitMix64(seed: UInt64(count) ^ 77)
        var values = (0..<count).map { _ in Float.random(in: -scale...scale, using: &generator) }
        for index in values.indices where Int.random(in: 0..<4, using: &generator) == 0 { values[index] = -.infinity }
        let row = Self.row(values)
        let expected = Self.logSumExp(values)
        if expected.isFinite {
            #expect(abs(Double(row.logSumExp()) - expected) <= 2e-6 * max(1, abs(expected)))
        } else {
            #expect(row.logSumExp() == -.infinity)
        }
        let range = count / 3..<(count - count / 4)
        let part = Self.logSumExp(Array(values[range]))
        let found = Double(row.logSumExp(in: range))
        #expect(part.isFinite ? abs(found - part) <= 2e-6 * max(1, abs(part)) : found == part)
        #expect(row.maximum(in: range) == values[range].max() ?? -.infinity)
    }

    /// Seven lanes count for nothing, so that the sum shows the exponential of one.
    @Test func theExponentialOfTheLanesIsThatOfTheLibrary() {
        for step in 0...6_000 {
            let x = -Float(step) / 75
            let row = Self.row([0, x] + [Float](repeating: -.infinity, count: 6))
            // log(1 + e^x) tells little of a small e^x: only the sum is compared.
            let expected = log1p(exp(Double(x)))
            #expect(abs(Double(row.logSumExp()) - expected) < 2e-7, "\(x)")
        }
    }

    @Test func extremesAreNoSurprise() {
        let huge = Float.greatestFiniteMagnitude
        #expect(Self.row([Float](repeating: -.infinity, count: 20)).logSumExp() == -.infinity)
        #expect(Self.row([]).logSumExp() == -.infinity)
        #expect(Self.row([]).argmax() == 0)
        #expect(Self.row([-huge, huge] + [Float](repeating: -huge, count: 10)).logSumExp() == huge)
        #expect(Self.row([Float](repeating: -huge, count: 16)).logSumExp() == -huge)
        // Values a hundred below the largest add nothing.
        #expect(Self.row([5] + [Float](repeating: -95, count: 50_000)).logSumExp() == 5)
        let equal = Self.row([Float](repeating: 3, count: 51_865)).logSumExp()
        #expect(abs(equal - (3 + Foundation.log(51_865))) < 2e-6)
        // Networks that overflow give NaN; nothing ends for that.
        let undefined = Self.row([Float](repeating: .nan, count: 11))
        _ = (
            undefined.logSumExp(), undefined.argmax(), undefined.top(3), undefined.sample(temperature: 1, uniform: 0.5)
        )
    }

    @Test func findsTheLargest() {
        #expect(Self.row([1, 3, 2, 3]).argmax() == 1)
        #expect(Self.row([-.infinity, -7, -.infinity]).argmax() == 1)
        #expect(Self.row([1, 3, 2, 3, 0]).top(3) == [1, 3, 2])
        #expect(Self.row([1, 3, 2, 3, 0]).top(9) == [1, 3, 2, 0, 4])
        #expect(Self.row([-.infinity, 2, -.infinity, 1]).top(3) == [1, 3])
        #expect(Self.row([2, 1]).top(0) == [])
    }

    @Test(arguments: 0..<20) func findsTheLargestOfMany(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let values = (0..<137).map { _ in Float(Int.random(in: 0..<50, using: &generator)) }
        let sorted = values.indices.sorted { (values[$0], -$0) > (values[$1], -$1) }
        #expect(Self.row(values).top(6) == Array(sorted.prefix(6)))
        #expect(Self.row(values).argmax() == sorted[0])
    }

    @Test func suppressesOnlyWhatThereIs() {
        var row = Self.row([1, 2, 3])
        row.suppress([-5, 1, 3, 99])
        #expect(row.values == [1, -.infinity, 3])
    }

    @Test func loadsAgain() {
        var row = Self.row([1, 2, 3])
        row.suppress([0])
        [7, 8, 9].withUnsafeBufferPointer { row.load($0) }
        #expect(row.values == [7, 8, 9])
    }

    @Test(arguments: [0.5, 1, 2] as [Float]) func drawsInProportion(_ temperature: Float) {
        let logits: [Float] = [0, 1, -.infinity, 2, -1]
        let row = Self.row(logits)
        let weights = logits.map { exp(Double($0 / temperature)) }
        let total = weights.reduce(0, +)
        let drawCount = 100_000
        var counts = [Int](repeating: 0, count: logits.count)
        // A grid over the unit interval hits each id as often as its probability says, within one draw.
        for draw in 0..<drawCount {
            counts[row.sample(temperature: temperature, uniform: (Double(draw) + 0.5) / Double(drawCount))] += 1
        }
        for (count, weight) in zip(counts, weights) {
            #expect(abs(Double(count) - weight / total * Double(drawCount)) < 2)
        }
        #expect(row.sample(temperature: temperature, uniform: 0) == 0)
        #expect(row.sample(temperature: temperature, uniform: 1.0.nextDown) == 4)
    }

    @Test func drawsTheLikeliestWithoutTemperature() {
        #expect(Self.row([0, 5, 1]).sample(temperature: 0, uniform: 0.999) == 1)
    }
}
