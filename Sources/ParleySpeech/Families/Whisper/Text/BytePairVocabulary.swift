import ParleyCore

/// The text tokens of a model: their bytes, and the way from bytes to tokens.
struct BytePairVocabulary: Sendable {
    /// The bytes of each token; empty for ids that no text token has.
    private(set) var bytes: [[UInt8]]
    /// The way from the bytes of a piece of text to tokens.
    let merges: BytePairMerges

    /// More tokens than any public model has, so that a damaged id does not ask for all memory.
    private static let maximumCount = 1 << 20

    /// Reads a vocabulary in GPT-2's alphabet with its merges.
    /// - Parameters:
    ///   - ids: Tokens by their texts in the alphabet.
    ///   - pairs: Texts of the two sides of each merge, the first to merge first.
    ///   - added: Tokens outside the alphabet by their texts.
    ///   - file: Where the vocabulary comes from, for messages.
    ///   - mergesFile: Where the merges come from.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`.
    init(
        ids: [String: Int], pairs: [MergePair], added: [String: Int], file: WhisperFile, mergesFile: WhisperFile
    ) throws(RecognitionError) {
        var entries: [(id: Int, bytes: [UInt8])] = []
        entries.reserveCapacity(ids.count)
        for (text, id) in ids where added[text] == nil || !text.hasPrefix("<|") {
            if let bytes = ByteAlphabet.bytes(of: text) {
                entries.append((id, bytes))
            } else if added[text] == nil {
                throw file.fault("has a token that is no byte-level token (id \(id))")
            }
        }
        bytes = try Self.table(entries, file: file)
        var merges = BytePairMerges(byteTokens: try Self.byteTokens(bytes, file: file), ruleCount: pairs.count)
        for (rank, pair) in pairs.enumerated() {
            guard let left = ids[pair.left], let right = ids[pair.right], let merged = ids[pair.left + pair.right]
            else { throw mergesFile.fault("merges a token that the vocabulary does not have (merge \(rank + 1))") }
            merges.add(left: left, right: right, merged: merged, rank: rank)
        }
        self.merges = merges
    }

    /// Reads a vocabulary in which the id is the order of merging (tiktoken's ranks).
    ///
    /// Each token is made from the two that its bytes come to with the tokens before it.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`.
    init(ranks: [(id: Int, bytes: [UInt8])], file: WhisperFile) throws(RecognitionError) {
        bytes = try Self.table(ranks, file: file)
        var merges = BytePairMerges(byteTokens: try Self.byteTokens(bytes, file: file), ruleCount: bytes.count)
        for (id, token) in bytes.enumerated() where token.count > 1 {
            let parts = merges.tokens(of: token)
            if parts.count == 2 { merges.add(left: Int(parts[0]), right: Int(parts[1]), merged: id, rank: id) }
        }
        self.merges = merges
    }

    /// Gives tokens that stand for themselves, outside the alphabet, their bytes unless they have some.
    mutating func add(_ texts: [String: Int]) {
        for (text, id) in texts where id >= 0 && id < Self.maximumCount {
            while bytes.count <= id { bytes.append([]) }
            if bytes[id].isEmpty { bytes[id] = Array(text.utf8) }
        }
    }

    private static func table(
        _ entries: [(id: Int, bytes: [UInt8])], file: WhisperFile
    ) throws(RecognitionError) -> [[UInt8]] {
        guard let last = entries.map(\.id).max() else { throw file.fault("has no tokens") }
        guard last < maximumCount else { throw file.fault("has an id out of range (\(last))") }
        var table = [[UInt8]](repeating: [], count: last + 1)
        var isTaken = [Bool](repeating: false, count: last + 1)
        for (id, bytes) in entries {
            guard id >= 0 else { throw file.fault("has an id out of range (\(id))") }
            guard !isTaken[id] else { throw file.fault("gives two tokens the id \(id)") }
            isTaken[id] = true
            table[id] = bytes
        }
        return table
    }

    /// The token of each single byte; without all of them some text would have no tokens.
    private static func byteTokens(_ table: [[UInt8]], file: WhisperFile) throws(RecognitionError) -> [UInt32] {
        var tokens = [UInt32?](repeating: nil, count: 0x100)
        for (id, bytes) in table.enumerated() where bytes.count == 1 { tokens[Int(bytes[0])] = UInt32(id) }
        let found = tokens.compactMap { $0 }
        guard found.count == tokens.count else {
            throw file.fault("lacks tokens for \(tokens.count - found.count) of the 256 bytes")
        }
        return found
    }
}

/// The two sides of a merge in GPT-2's alphabet.
struct MergePair: Sendable, Hashable {
    let left: String
    let right: String

    /// Reads `left right`; nil unless there are two parts.
    init?(line: some StringProtocol) {
        guard let blank = line.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        left = String(line[..<blank])
        right = String(line[line.utf8.index(after: blank)...])
        if left.isEmpty || right.isEmpty { return nil }
    }

    /// Takes a list of two; nil for other lists.
    init?(parts: [String]) {
        guard parts.count == 2 else { return nil }
        left = parts[0]
        right = parts[1]
    }
}
