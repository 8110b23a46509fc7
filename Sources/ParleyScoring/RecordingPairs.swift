/// Which recording of a hypothesis answers which recording of a reference.
public struct RecordingPairs: Sendable {
    /// Ids of the reference's recordings, sorted, with the id in the hypothesis; nil where it has none.
    public private(set) var pairs: [(reference: String, hypothesis: String?)] = []
    /// Ids that only the hypothesis has, sorted; they are not scored.
    public private(set) var unknown: [String] = []

    /// Pairs recordings of the same id.
    ///
    /// Where each side has one recording only, they are taken for the same one.
    /// - Throws: ``ScoringError`` (`nothingToScore`) when no recording is on both sides, or the reference is empty.
    public init(reference: some Sequence<String>, hypothesis: some Sequence<String>) throws(ScoringError) {
        let real = Set(reference)
        let found = Set(hypothesis)
        guard !real.isEmpty else { throw ScoringError(.nothingToScore, "the reference has no recording") }
        if let only = real.first, let answer = found.first, real.count == 1, found.count == 1 {
            pairs = [(only, answer)]
            return
        }
        guard found.isEmpty || !real.isDisjoint(with: found) else {
            throw ScoringError(.nothingToScore, "no recording of the reference is in the hypothesis")
        }
        pairs = real.sorted().map { ($0, found.contains($0) ? $0 : nil) }
        unknown = found.subtracting(real).sorted()
    }
}
