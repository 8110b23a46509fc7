/// Columns of text: the first to the left, the others to the right.
struct TextTable: Sendable {
    let heads: [String]
    let rows: [[String]]

    /// A line for the heads and one for each row.
    var text: String {
        let lines = [heads] + rows
        let widths = heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { cells in
            let padded = zip(cells, widths).enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
                return column == 0 ? cell.0 + blanks : blanks + cell.0
            }
            return padded.joined(separator: "  ") + "\n"
        }.joined()
    }
}
