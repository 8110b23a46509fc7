import Testing

@testable import ParleySpeech

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
        var random = SplitMix64(state: seed)
        let rowCount = Int.random(in: 1...5, using: &random)
        let columnCount = Int.random(in: 1...5, using: &random)
        let scores = (0..<rowCount).map { _ in
            (0..<columnCount).map { _ in Float.random(in: -1...1, using: &random) }
        }
        let assignment = LinearAssignment.maximize(scores)
        let used = assignment.compactMap { $0 }
        #expect(Set(used).count == used.count)
        #expect(used.count == min(rowCount, columnCount))
        let sum = zip(scores, assignment).reduce(Float(0)) { sum, row in sum + (row.1.map { row.0[$0] } ?? 0) }
        #expect(abs(sum - best(scores)) < 1e-4)
    }

    @Test func nothingToAssign() {
        #expect(LinearAssignment.maximize([]).isEmpty)
        #expect(LinearAssignment.maximize([[], []]) == [nil, nil])
    }
}
