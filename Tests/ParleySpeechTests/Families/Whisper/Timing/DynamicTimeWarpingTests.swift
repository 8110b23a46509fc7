import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct DynamicTimeWarpingTests {
    /// The cheapest way by the plain recursion, tried in every order; its cost and, for each row, its first column.
    private struct Statement {
        let costs: [[Float]]

        func best() -> (cost: Float, firstColumns: [Int]) {
            var known: [[Int]: (Float, [Int])] = [:]
            return way(to: costs.count - 1, costs[0].count - 1, &known)
        }

        private func way(to row: Int, _ column: Int, _ known: inout [[Int]: (Float, [Int])]) -> (Float, [Int]) {
            if let found = known[[row, column]] { return found }
            var best: (Float, [Int])
            if row == 0, column == 0 {
                best = (0, [])
            } else {
                best = (.infinity, [])
                for (beforeRow, beforeColumn) in [(row - 1, column - 1), (row - 1, column), (row, column - 1)]
                where beforeRow >= 0 && beforeColumn >= 0 {
                    let before = way(to: beforeRow, beforeColumn, &known)
                    if before.0 < best.0 { best = before }
                }
            }
            best.0 += costs[row][column]
            if best.1.count == row { best.1.append(column) }
            known[[row, column]] = best
            return best
        }
    }

    private static func columns(_ costs: [[Float]]) -> [Int] {
        DynamicTimeWarping.firstColumns(
            costs: Array(costs.joined()), rowCount: costs.count, columnCount: costs.first?.count ?? 0)
    }

    @Test(arguments: 0..<100) func findsTheCheapestWay(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let (rows, columns) = (Int.random(in: 1...9, using: &generator), Int.random(in: 1...14, using: &generator))
        let costs = (0..<rows).map { _ in
            (0..<columns).map { _ in Float.random(in: -1...1, using: &generator) }
        }
        #expect(Self.columns(costs) == Statement(costs: costs).best().firstColumns)
    }

    @Test func followsADiagonal() {
        let costs = (0..<4).map { row in (0..<8).map { $0 / 2 == row ? Float(-1) : 1 } }
        #expect(Self.columns(costs) == [0, 2, 4, 6])
    }

    /// openai/whisper compares strictly: among equals it goes on within the row.
    @Test func equalsStayInTheRow() {
        let diagonal = (0..<4).map { row in (0..<8).map { $0 / 2 == row ? Float(-1) : 0 } }
        // Values of openai/whisper 20250625's dtw_cpu.
        #expect(Self.columns([[0, 0, 0], [0, 0, 0]]) == [0, 0])
        #expect(Self.columns([[1, 0, 0, 1], [1, 0, 0, 1], [1, 1, 0, 0]]) == [0, 0, 0])
        #expect(Self.columns([[0], [0], [0]]) == [0, 0, 0])
        #expect(Self.columns(diagonal) == [0, 1, 3, 5])
    }

    @Test func foreignSizesGiveNothing() {
        #expect(DynamicTimeWarping.firstColumns(costs: [1, 2, 3], rowCount: 2, columnCount: 2) == [])
        #expect(DynamicTimeWarping.firstColumns(costs: [], rowCount: 0, columnCount: 4) == [])
        #expect(DynamicTimeWarping.firstColumns(costs: [], rowCount: 4, columnCount: 0) == [])
    }
}
