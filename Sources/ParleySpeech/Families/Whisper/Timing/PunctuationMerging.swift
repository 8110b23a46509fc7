/// Puts punctuation marks that stand as words of their own to the word that they belong to: openai/whisper's
/// `timing.merge_punctuations`.
///
/// Times stay those of the word.
enum PunctuationMerging {
    private static let prepended = "\"'\u{201c}\u{bf}([{-"
    private static let appended = "\"'.\u{3002},\u{ff0c}!\u{ff01}?\u{ff1f}:\u{ff1a}\u{201d})]}\u{3001}"

    /// Whether a text is nothing but marks that are merged.
    static func isMark(_ text: String) -> Bool { text.isEmpty || (prepended + appended).contains(text) }

    static func merged(_ words: [TimedWord]) -> [TimedWord] {
        var words = words
        mergeOpening(&words)
        mergeClosing(&words)
        return words.filter { !$0.text.isEmpty }
    }

    private static func mergeOpening(_ words: inout [TimedWord]) {
        var following = words.count - 1
        for previous in words.indices.dropLast().reversed() {
            let mark = words[previous].text.drop { $0.isWhitespace }
            // A blank by itself belongs to the word behind it too.
            if words[previous].text.hasPrefix(" "), mark.isEmpty || prepended.contains(mark) {
                words[following].text = words[previous].text + words[following].text
                words[following].tokens = words[previous].tokens + words[following].tokens
                words[previous].text = ""
                words[previous].tokens = []
            } else {
                following = previous
            }
        }
    }

    private static func mergeClosing(_ words: inout [TimedWord]) {
        var previous = 0
        for following in words.indices.dropFirst() {
            let mark = words[following].text
            if !words[previous].text.hasSuffix(" "), !mark.isEmpty, appended.contains(mark) {
                words[previous].text += mark
                words[previous].tokens += words[following].tokens
                words[following].text = ""
                words[following].tokens = []
            } else {
                previous = following
            }
        }
    }
}
