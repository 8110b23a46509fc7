/// The pairing of rows with columns that maximises the sum of scores, each used at most once.
///
/// Shortest augmenting paths (Jonker & Volgenant 1987; Crouse 2016), O(rows² · columns).
public enum LinearAssignment {
    /// - Parameter scores: `[row][column]`, all rows equally long, finite.
    /// - Returns: The column of each row; nil where there are more rows than columns and the row went without.
    @inlinable
    public static func maximize<Score: BinaryFloatingPoint>(_ scores: [[Score]]) -> [Int?] {
        guard let columnCount = scores.first?.count, columnCount > 0 else { return scores.map { _ in nil } }
        guard scores.count <= columnCount else {
            let transposed = (0..<columnCount).map { column in scores.map { $0[column] } }
            var result = [Int?](repeating: nil, count: scores.count)
            for (column, row) in maximize(transposed).enumerated() { if let row { result[row] = column } }
            return result
        }
        var potentialOfRow = [Score](repeating: 0, count: scores.count)
        var potentialOfColumn = [Score](repeating: 0, count: columnCount)
        var rowOfColumn = [Int?](repeating: nil, count: columnCount)
        for row in scores.indices {
            augment(
                from: row, scores: scores, potentialOfRow: &potentialOfRow, potentialOfColumn: &potentialOfColumn,
                rowOfColumn: &rowOfColumn)
        }
        var result = [Int?](repeating: nil, count: scores.count)
        for (column, row) in rowOfColumn.enumerated() { if let row { result[row] = column } }
        return result
    }

    @inlinable
    static func augment<Score: BinaryFloatingPoint>(
        from start: Int, scores: [[Score]], potentialOfRow: inout [Score], potentialOfColumn: inout [Score],
        rowOfColumn: inout [Int?]
    ) {
        let columnCount = potentialOfColumn.count
        var distance = [Score](repeating: .infinity, count: columnCount)
        var previousColumn = [Int?](repeating: nil, count: columnCount)
        var isDone = [Bool](repeating: false, count: columnCount)
        var row = start
        var column: Int?
        var reached: Score = 0
        while true {
            for candidate in 0..<columnCount where !isDone[candidate] {
                let cost = -scores[row][candidate] - potentialOfRow[row] - potentialOfColumn[candidate]
                if reached + cost < distance[candidate] {
                    distance[candidate] = reached + cost
                    previousColumn[candidate] = column
                }
            }
            guard let nearest = (0..<columnCount).filter({ !isDone[$0] }).min(by: { distance[$0] < distance[$1] })
            else {
                return
            }
            isDone[nearest] = true
            reached = distance[nearest]
            column = nearest
            guard let next = rowOfColumn[nearest] else { break }
            row = next
        }
        potentialOfRow[start] += reached
        for candidate in 0..<columnCount where isDone[candidate] {
            guard let owner = rowOfColumn[candidate] else { continue }
            potentialOfRow[owner] += reached - distance[candidate]
            potentialOfColumn[candidate] -= reached - distance[candidate]
        }
        var current = column
        while let end = current {
            let before = previousColumn[end]
            rowOfColumn[end] = before.flatMap { rowOfColumn[$0] } ?? start
            current = before
        }
    }
}
