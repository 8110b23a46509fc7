import ParleyCore
import Testing

@Suite struct LinearAssignmentTests {
    /// The best sum over all ways, for small tables.
    private func best(_ scores: [[Float]], row: Int = 0, used: Set<Int> = []) -> Float {
        guard row < scores.count else { return 0 }
        let columns = scores[row].indices.filter { !used.contains($0) }
        var result: Float = -.infinity
        for column in columns {
            result = max(result, scores[row][column] + best(scores, row: row + 1, used: used.union([column])))
        }
        // With more rows than columns some rows go without.
        if scores.count - row > columns.count { result = max(result, best(scores, row: row + 1, used: used)) }
        return result
    }

    @Test(arguments: 0..<300) func isNoWorseThanTryingEverything(_ seed: UInt64) {
        var state = seed
        /// A linear congruential generator (D. Knuth, MMIX), so that a failing case can be repeated.
        func draw(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let rowCount = 1 + draw(below: 5)
        let columnCount = 1 + draw(below: 5)
        // Few values, so that many sums are equal.
        let levels = seed.isMultiple(of: 2) ? 4 : 10_000
        let scores = (0..<rowCount).map { _ in
            (0..<columnCount).map { _ in Float(draw(below: levels)) / Float(levels) - 0.5 }
        }
        let assignment = LinearAssignment.maximize(scores)
        let used = assignment.compactMap { $0 }
        #expect(Set(used).count == used.count)
        #expect(used.count == min(rowCount, columnCount))
        let sum = zip(scores, assignment).reduce(Float(0)) { sum, row in sum + (row.1.map { row.0[$0] } ?? 0) }
        #expect(abs(sum - best(scores)) < 1e-4)
    }

    @Test func nothingToAssign() {
        #expect(LinearAssignment.maximize([[Float]]()).isEmpty)
        #expect(LinearAssignment.maximize([[Double](), []]) == [nil, nil])
    }
}
