/// A word and the tokens that it is made of.
struct WhisperWordTokens: Sendable, Hashable {
    /// The word, with the blank before it.
    var text: String
    /// Its tokens.
    var tokens: [Int]
}

extension WhisperTokenizer {
    /// Languages without blanks between words (openai/whisper, `split_to_word_tokens`).
    private static let unspacedLanguages: Set<String> = ["zh", "ja", "th", "lo", "my", "yue"]
    /// Python's `string.punctuation`, in its order.
    private static let punctuation = Array(##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##.unicodeScalars)
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// The words of a transcript, as `split_to_word_tokens` in openai/whisper's tokenizer.py finds them.
    ///
    /// No word ends within a character. Punctuation is a word of its own; the caller joins it to its neighbours.
    /// - Parameters:
    ///   - ids: Tokens of a transcript. A special token or timestamp is a word of its own without text.
    ///   - language: The language's code. Where no blanks divide words, each character is one.
    func words(of ids: [Int], language: String) -> [WhisperWordTokens] {
        let characters = characters(of: ids)
        if Self.unspacedLanguages.contains(language) { return characters }
        var words: [WhisperWordTokens] = []
        var continues = false
        for part in characters {
            let isSpecial = part.tokens.allSatisfy { $0 >= special.endOfText && bytes(of: $0).isEmpty }
            let starts = isSpecial || part.text.unicodeScalars.first == " " || Self.isPunctuation(part.text)
            if continues, !starts {
                words[words.count - 1].text += part.text
                words[words.count - 1].tokens += part.tokens
            } else {
                words.append(part)
            }
            continues = !isSpecial
        }
        return words
    }

    /// The smallest groups of tokens that are whole characters (`split_tokens_on_unicode`).
    private func characters(of ids: [Int]) -> [WhisperWordTokens] {
        let full = Array(decode(ids).unicodeScalars)
        var groups: [WhisperWordTokens] = []
        var group = WhisperWordTokens(text: "", tokens: [])
        var offset = 0
        for id in ids {
            group.tokens.append(id)
            group.text = decode(group.tokens)
            let scalars = Array(group.text.unicodeScalars)
            if let broken = scalars.firstIndex(of: Self.replacement) {
                // Bytes that are no character in the whole text either are not worth waiting for.
                let position = offset + broken
                guard position < full.count, full[position] == Self.replacement else { continue }
            }
            groups.append(group)
            offset += scalars.count
            group = WhisperWordTokens(text: "", tokens: [])
        }
        if !group.tokens.isEmpty { groups.append(group) }
        return groups
    }

    /// Whether a part is nothing but blanks or a stretch of Python's `string.punctuation`, as `in` finds it there.
    private static func isPunctuation(_ text: String) -> Bool {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        var scalars = ArraySlice(text.unicodeScalars)
        while let last = scalars.last, isBlank(last) { scalars.removeLast() }
        while let first = scalars.first, isBlank(first) { scalars.removeFirst() }
        guard let first = scalars.first else { return true }
        guard let start = punctuation.firstIndex(of: first) else { return false }
        return punctuation[start...].starts(with: scalars)
    }
}
