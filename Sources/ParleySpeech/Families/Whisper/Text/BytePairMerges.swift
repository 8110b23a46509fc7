/// Byte-pair encoding: which two neighbouring tokens become which one, and in which order.
///
/// Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units".
struct BytePairMerges: Sendable {
    private struct Rule: Sendable {
        let rank: UInt32
        let merged: UInt32
    }

    /// A pair that may be merged.
    private struct Candidate: Comparable {
        /// Rank of the rule, then position: the lowest goes first.
        let key: UInt64
        let pair: UInt64
        let merged: UInt32

        var position: Int { Int(key & 0xFFFF_FFFF) }

        static func < (left: Self, right: Self) -> Bool { left.key < right.key }
    }

    /// The token of each byte.
    private let byteTokens: [UInt32]
    private var rules: [UInt64: Rule] = [:]

    /// Makes an encoder that merges nothing yet.
    /// - Parameter byteTokens: The token of each of the 256 bytes.
    init(byteTokens: [UInt32], ruleCount: Int) {
        self.byteTokens = byteTokens
        rules.reserveCapacity(ruleCount)
    }

    /// Adds a rule; the first of several for one pair counts.
    /// - Parameter rank: Lower ranks are merged first.
    mutating func add(left: Int, right: Int, merged: Int, rank: Int) {
        let pair = Self.pair(UInt32(left), UInt32(right))
        if rules[pair] == nil { rules[pair] = Rule(rank: UInt32(rank), merged: UInt32(merged)) }
    }

    /// The tokens of a piece of text, by merging the pair of the lowest rank, the leftmost first, until none is left.
    ///
    /// Takes n log n steps, so that a long piece without blanks does no harm.
    func tokens(of piece: some Sequence<UInt8>) -> [UInt32] {
        var tokens = piece.map { byteTokens[Int($0)] }
        guard tokens.count > 1 else { return tokens }
        // Neighbours of each token that is left; a token that was merged into its left neighbour has itself as next.
        var next = Array(1...tokens.count)
        var previous = Array(-1..<(tokens.count - 1))
        var queue = Heap<Candidate>()
        func offer(_ position: Int) {
            guard position >= 0, next[position] < tokens.count else { return }
            let pair = Self.pair(tokens[position], tokens[next[position]])
            guard let rule = rules[pair] else { return }
            let key = UInt64(rule.rank) << 32 | UInt64(position)
            queue.insert(Candidate(key: key, pair: pair, merged: rule.merged))
        }
        for position in 0..<(tokens.count - 1) { offer(position) }
        while let candidate = queue.removeFirst() {
            let (left, right) = (candidate.position, next[candidate.position])
            // Skips what an earlier merge has changed.
            guard right != left, right < tokens.count, Self.pair(tokens[left], tokens[right]) == candidate.pair
            else { continue }
            tokens[left] = candidate.merged
            next[left] = next[right]
            next[right] = right
            if next[left] < tokens.count { previous[next[left]] = left }
            offer(left)
            offer(previous[left])
        }
        var result: [UInt32] = []
        var position = 0
        while position < tokens.count {
            result.append(tokens[position])
            position = next[position]
        }
        return result
    }

    private static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }
}
