/// The cheapest monotonic way through a matrix of costs, as openai/whisper's `timing.dtw` finds it.
enum DynamicTimeWarping {
    /// - Parameters:
    ///   - costs: Row after row.
    ///   - rowCount: Rows, at least 1.
    ///   - columnCount: Columns, at least 1.
    /// - Returns: For each row the column in which the way enters it.
    static func firstColumns(costs: [Float], rowCount: Int, columnCount: Int) -> [Int] {
        guard rowCount > 0, columnCount > 0, costs.count == rowCount * columnCount else { return [] }
        let width = columnCount + 1
        var previous = [Float](repeating: .infinity, count: width)
        previous[0] = 0
        var moves = [Move](repeating: .left, count: (rowCount + 1) * width)
        for row in 1...rowCount {
            var current = [Float](repeating: .infinity, count: width)
            moves[row * width] = .up
            for column in 1...columnCount {
                let (diagonal, up, left) = (previous[column - 1], previous[column], current[column - 1])
                let (cheapest, move): (Float, Move) =
                    if diagonal < up, diagonal < left {
                        (diagonal, .diagonal)
                    } else if up < diagonal, up < left {
                        (up, .up)
                    } else {
                        (left, .left)
                    }
                current[column] = costs[(row - 1) * columnCount + column - 1] + cheapest
                moves[row * width + column] = move
            }
            previous = current
        }
        return trace(moves, rowCount: rowCount, columnCount: columnCount)
    }

    private enum Move: UInt8 { case diagonal, up, left }

    private static func trace(_ moves: [Move], rowCount: Int, columnCount: Int) -> [Int] {
        var first = [Int](repeating: 0, count: rowCount)
        var (row, column) = (rowCount, columnCount)
        while row > 0 || column > 0 {
            // The last visit of a row on the way back is the first on the way there.
            if row > 0 { first[row - 1] = max(0, column - 1) }
            switch moves[row * (columnCount + 1) + column] {
            case .diagonal: (row, column) = (row - 1, column - 1)
            case .up: row -= 1
            case .left: column -= 1
            }
        }
        return first
    }
}
