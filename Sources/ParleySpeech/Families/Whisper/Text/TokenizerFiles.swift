import Foundation
import ParleyCore

/// A byte-level tokenizer as its files say it, in one of the public layouts.
struct TokenizerFiles: Sendable {
    /// The text tokens.
    let vocabulary: BytePairVocabulary
    /// Tokens outside the alphabet by their texts, such as `<|endoftext|>`.
    let added: [String: Int]
    /// The file to name when a token is missing.
    let source: WhisperFile

    /// Reads `tokenizer.json`, or `vocab.json`, `merges.txt` and what lists the added tokens.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the file at fault and what to do.
    init(huggingFace directory: String) throws(RecognitionError) {
        let single = WhisperFile("tokenizer.json", in: directory)
        let vocab = WhisperFile("vocab.json", in: directory)
        let ids: [String: Int]
        let pairs: [MergePair]
        let mergesFile: WhisperFile
        var added: [String: Int] = [:]
        if single.exists || !vocab.exists {
            let tokenizer = try single.json(TokenizerJSON.self)
            guard (tokenizer.model.type ?? "BPE") == "BPE" else {
                throw single.fault("is not of the kind BPE", mend: "put a Whisper model into the folder")
            }
            (ids, pairs, source, mergesFile) = (tokenizer.model.vocab, tokenizer.model.merges.pairs, single, single)
            for token in tokenizer.added_tokens ?? [] { added[token.content] = token.id }
        } else {
            ids = try vocab.json([String: Int].self)
            mergesFile = WhisperFile("merges.txt", in: directory)
            pairs = try Self.merges(mergesFile)
            source = vocab
        }
        if added["<|startoftranscript|>"] == nil {
            added.merge(try Self.addedTokens(directory)) { own, _ in own }
        }
        for (text, id) in ids where text.hasPrefix("<|") && text.hasSuffix("|>") && text.utf8.count > 4 {
            added[text] = added[text] ?? id
        }
        var vocabulary = try BytePairVocabulary(
            ids: ids, pairs: pairs, added: added, file: source, mergesFile: mergesFile)
        try Self.check(added.filter { ids[$0.key] != $0.value || $0.key.hasPrefix("<|") }, vocabulary, file: source)
        vocabulary.add(added.filter { !$0.key.hasPrefix("<|") })
        self.vocabulary = vocabulary
        self.added = added
    }

    /// Reads the token list of k2-fsa's layout: base64 of the bytes, a blank and the id in each line.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the line at fault and what to do.
    init(sherpa name: String, directory: String) throws(RecognitionError) {
        let own = WhisperFile("\(name)-tokens.txt", in: directory)
        let common = WhisperFile("tokens.txt", in: directory)
        source = !own.exists && common.exists ? common : own
        var ranks: [(id: Int, bytes: [UInt8])] = []
        for (number, line) in try Self.lines(source).enumerated() where !line.isEmpty {
            let fields = line.split(separator: " ")
            guard fields.count == 2, let id = Int(fields[1]), let bytes = Self.bytes(base64: fields[0]) else {
                throw source.fault("has a line that is no token (line \(number + 1))")
            }
            ranks.append((id, bytes))
        }
        vocabulary = try BytePairVocabulary(ranks: ranks, file: source)
        added = [:]
    }

    /// OpenAI's list has a token without bytes, written `=`.
    private static func bytes(base64: Substring) -> [UInt8]? {
        base64 == "=" ? [] : Data(base64Encoded: String(base64)).map(Array.init)
    }

    private static func lines(_ file: WhisperFile) throws(RecognitionError) -> [String] {
        let data = try file.data()
        return data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    private static func merges(_ file: WhisperFile) throws(RecognitionError) -> [MergePair] {
        var pairs: [MergePair] = []
        for (number, line) in try lines(file).enumerated() where !line.isEmpty && !line.hasPrefix("#version") {
            guard let pair = MergePair(line: line) else {
                throw file.fault("has a line that is no merge (line \(number + 1))")
            }
            pairs.append(pair)
        }
        return pairs
    }

    /// Added tokens of the older layouts: `added_tokens.json`, or `added_tokens_decoder` in `tokenizer_config.json`.
    private static func addedTokens(_ directory: String) throws(RecognitionError) -> [String: Int] {
        let list = WhisperFile("added_tokens.json", in: directory)
        if list.exists { return try list.json([String: Int].self) }
        let configuration = WhisperFile("tokenizer_config.json", in: directory)
        guard configuration.exists else { return [:] }
        var tokens: [String: Int] = [:]
        for (key, token) in try configuration.json(TokenizerConfigJSON.self).added_tokens_decoder ?? [:] {
            guard let id = Int(key) else { throw configuration.fault("has a wrong value for added_tokens_decoder") }
            tokens[token.content] = id
        }
        return tokens
    }

    /// Refuses ids out of range and ids that are given twice.
    private static func check(
        _ added: [String: Int], _ vocabulary: BytePairVocabulary, file: WhisperFile
    ) throws(RecognitionError) {
        var taken: Set<Int> = []
        for id in added.values {
            guard (0..<(1 << 20)).contains(id) else { throw file.fault("has an id out of range (\(id))") }
            let isText = vocabulary.bytes.indices.contains(id) && !vocabulary.bytes[id].isEmpty
            guard taken.insert(id).inserted, !isText else { throw file.fault("gives two tokens the id \(id)") }
        }
    }
}

// The names are those of the files.
// swift-format-ignore: AlwaysUseLowerCamelCase
private struct TokenizerJSON: Decodable {
    struct AddedToken: Decodable {
        var id: Int
        var content: String
    }

    struct Model: Decodable {
        var type: String?
        var vocab: [String: Int]
        var merges: Merges
    }

    /// Older files have a string with a blank for each merge, newer ones a list of two.
    struct Merges: Decodable {
        var pairs: [MergePair]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let count: Int
            if let lines = try? container.decode([String].self) {
                pairs = lines.compactMap { MergePair(line: $0) }
                count = lines.count
            } else {
                let lists = try container.decode([[String]].self)
                pairs = lists.compactMap { MergePair(parts: $0) }
                count = lists.count
            }
            if pairs.count != count {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a merge of other than two")
            }
        }
    }

    var added_tokens: [AddedToken]?
    var model: Model
}

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct TokenizerConfigJSON: Decodable {
    struct AddedToken: Decodable { var content: String }

    var added_tokens_decoder: [String: AddedToken]?
}
