import ParleyCore

/// What the decoder is fed before it writes.
struct PromptBuilder: Sendable {
    let tokenizer: WhisperTokenizer
    /// Tokens of the decoder's context.
    let contextLength: Int

    private var special: WhisperSpecialTokens { tokenizer.special }

    /// Tokens of text that may come before the window's own: half of the context, less the mark before them.
    private var textLimit: Int { contextLength / 2 - 1 }

    /// Start of transcript and, for multilingual models, language and task.
    /// - Throws: ``RecognitionError`` when the model has no token for the language or the task.
    func steering(task: TranscriptionTask, language: String?) throws(RecognitionError) -> [Int] {
        guard special.isMultilingual else { return [special.startOfTranscript] }
        guard let language, let languageToken = special.language(language) else {
            throw RecognitionError(
                .languageUnsupported, "The model does not recognise the language '\(language ?? "")'.")
        }
        guard let taskToken = task == .translate ? special.translate : special.transcribe else {
            throw RecognitionError(.translationUnsupported, "The model can't \(task.rawValue).")
        }
        return [special.startOfTranscript, languageToken, taskToken]
    }

    /// Keywords, prompt and the text before, behind their mark; empty when there is none of them.
    ///
    /// The newest text stays when there is too much; keywords keep at most half of the room.
    func preceding(_ options: RecognitionOptions) -> [Int] {
        guard let mark = special.startOfPrevious else { return [] }
        let keywords = encode(options.keywords.joined(separator: ", ")).prefix(textLimit / 2)
        let text = (encode(options.prompt ?? "") + options.precedingTokens).suffix(textLimit - keywords.count)
        return keywords.isEmpty && text.isEmpty ? [] : [mark] + keywords + text
    }

    /// What follows the steering tokens: the mark that no timestamps are wanted, where they are not.
    func ending(_ options: DecodingOptions) -> [Int] { options.usesTimestamps ? [] : [special.noTimestamps] }

    private func encode(_ text: String) -> [Int] {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? [] : tokenizer.encode(" " + words)
    }
}
