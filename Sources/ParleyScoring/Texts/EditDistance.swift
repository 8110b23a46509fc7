/// Errors of words against a reference.
public struct WordErrors: Sendable, Hashable {
    /// Words that are not in the reference.
    public var insertions: Int
    /// Words of the reference that are not there.
    public var deletions: Int
    /// Words in the place of others.
    public var substitutions: Int
    /// Words of the reference.
    public var referenceWordCount: Int

    /// Makes counts.
    public init(insertions: Int = 0, deletions: Int = 0, substitutions: Int = 0, referenceWordCount: Int = 0) {
        self.insertions = insertions
        self.deletions = deletions
        self.substitutions = substitutions
        self.referenceWordCount = referenceWordCount
    }

    /// All errors.
    public var count: Int { insertions + deletions + substitutions }

    /// Errors over words of the reference; nil without words to compare with, unless nothing is wrong.
    public var rate: Double? {
        referenceWordCount > 0 ? Double(count) / Double(referenceWordCount) : count == 0 ? 0 : nil
    }

    /// The counts of both.
    public static func + (left: WordErrors, right: WordErrors) -> WordErrors {
        WordErrors(
            insertions: left.insertions + right.insertions, deletions: left.deletions + right.deletions,
            substitutions: left.substitutions + right.substitutions,
            referenceWordCount: left.referenceWordCount + right.referenceWordCount)
    }
}

/// Levenshtein distance between lists of words, as numbers.
enum EditDistance {
    /// Fewest insertions, deletions and substitutions; memory of one row.
    static func distance(_ reference: [Int32], _ hypothesis: [Int32]) -> Int {
        guard !reference.isEmpty, !hypothesis.isEmpty else { return max(reference.count, hypothesis.count) }
        var row = (0...Int32(reference.count)).map(\.self)
        for word in hypothesis {
            var diagonal = row[0]
            row[0] += 1
            var left = row[0]
            for index in reference.indices {
                let above = row[index + 1]
                let substituted = diagonal + (reference[index] == word ? 0 : 1)
                left = min(substituted, min(above, left) + 1)
                row[index + 1] = left
                diagonal = above
            }
        }
        return Int(row[reference.count])
    }

    /// The kinds of errors of one best alignment.
    ///
    /// Several alignments may have as few errors. As in Kaldi's scoring, at each word a substitution (or hit) is taken
    /// only when it is better than both others, then a deletion only when it is better than an insertion.
    static func errors(_ reference: [Int32], _ hypothesis: [Int32]) -> WordErrors {
        var row = (0...reference.count).map { Path(deletions: Int32($0)) }
        for word in hypothesis {
            var diagonal = row[0]
            row[0].insertions += 1
            for index in reference.indices {
                let above = row[index + 1]
                let left = row[index]
                let substituted = diagonal.cost + (reference[index] == word ? 0 : 1)
                if substituted < above.cost + 1, substituted < left.cost + 1 {
                    row[index + 1] = diagonal
                    if reference[index] != word { row[index + 1].substitutions += 1 }
                } else if left.cost < above.cost {
                    row[index + 1] = left
                    row[index + 1].deletions += 1
                } else {
                    row[index + 1].insertions += 1
                }
                diagonal = above
            }
        }
        let path = row[reference.count]
        return WordErrors(
            insertions: Int(path.insertions), deletions: Int(path.deletions), substitutions: Int(path.substitutions),
            referenceWordCount: reference.count)
    }

    /// The errors on the way to a cell.
    private struct Path {
        var insertions: Int32 = 0
        var deletions: Int32 = 0
        var substitutions: Int32 = 0
        var cost: Int32 { insertions + deletions + substitutions }
    }
}
