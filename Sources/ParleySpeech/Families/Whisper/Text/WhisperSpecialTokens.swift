import ParleyCore

/// The tokens that steer a Whisper model, by the ids that its files give them.
struct WhisperSpecialTokens: Sendable {
    /// The token of a language.
    struct Language: Sendable, Hashable {
        /// The code between the bars, such as `en`, `haw` or `yue`.
        let code: String
        /// The token.
        let id: Int
    }

    /// `<|endoftext|>`.
    let endOfText: Int
    /// `<|startoftranscript|>`.
    let startOfTranscript: Int
    /// `<|transcribe|>`.
    let transcribe: Int?
    /// `<|translate|>`.
    let translate: Int?
    /// `<|startoflm|>`.
    let startOfLanguageModel: Int?
    /// `<|startofprev|>`.
    let startOfPrevious: Int?
    /// `<|nospeech|>`, in older files `<|nocaptions|>`.
    let noSpeech: Int?
    /// `<|notimestamps|>`.
    let noTimestamps: Int
    /// `<|0.00|>`.
    let timestampBegin: Int
    /// Number of timestamps: 0.00 to 30.00 s in steps of 0.02 s.
    let timestampCount: Int
    /// The languages that the model can be told, in order of id; empty for a model of one language.
    let languages: [Language]

    private static let stepsPerSecond = 50.0
    private static let lastTimestampSeconds = 30

    /// Whether the model can be told a language.
    var isMultilingual: Bool { !languages.isEmpty }

    /// The token of a language; nil when the model does not know it.
    func language(_ code: String) -> Int? { languages.first { $0.code == code }?.id }

    /// The time that a timestamp stands for; nil for other tokens.
    func seconds(ofTimestamp id: Int) -> Double? {
        guard id >= timestampBegin, id < timestampBegin + timestampCount else { return nil }
        return Double(id - timestampBegin) / Self.stepsPerSecond
    }

    /// Finds the tokens by their texts.
    /// - Parameters:
    ///   - ids: Added tokens by their texts.
    ///   - configuration: What the other files say.
    ///   - file: Where the tokens come from, for messages.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the token that is missing or contradicts.
    init(ids: [String: Int], configuration: WhisperConfiguration, file: WhisperFile) throws(RecognitionError) {
        func required(_ text: String) throws(RecognitionError) -> Int {
            guard let id = ids[text] else {
                throw file.fault(
                    "lacks the token \(text)", mend: "put the tokenizer of a Whisper model into the folder")
            }
            return id
        }
        endOfText = try required("<|endoftext|>")
        startOfTranscript = try required("<|startoftranscript|>")
        noTimestamps = try required("<|notimestamps|>")
        transcribe = ids["<|transcribe|>"]
        translate = ids["<|translate|>"]
        startOfLanguageModel = ids["<|startoflm|>"]
        startOfPrevious = ids["<|startofprev|>"]
        noSpeech = ids["<|nospeech|>"] ?? ids["<|nocaptions|>"]
        // Older files leave the timestamps out; they follow then.
        timestampBegin = ids["<|0.00|>"] ?? noTimestamps + 1
        timestampCount = Self.lastTimestampSeconds * Int(Self.stepsPerSecond) + 1
        if let last = ids["<|30.00|>"], last != timestampBegin + timestampCount - 1 {
            throw file.fault("has timestamps that are not 0.02 s apart")
        }
        languages =
            configuration.isMultilingual
            ? try Self.languages(
                ids, within: startOfTranscript..<max(startOfTranscript, translate ?? transcribe ?? .max),
                listed: configuration.languageTokens, file: file) : []
        if configuration.isMultilingual && languages.isEmpty {
            throw file.fault("names no languages although the model is multilingual")
        }
        try check(configuration, file: file)
    }

    /// Reads the tokens from the metadata of a k2-fsa encoder.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the key that is missing or wrong.
    init(
        metadata: EncoderMetadata, configuration: WhisperConfiguration, file: WhisperFile
    ) throws(RecognitionError) {
        endOfText = try metadata.integer("eot")
        startOfTranscript = try metadata.integer("sot")
        noTimestamps = try metadata.integer("no_timestamps")
        transcribe = try metadata.optionalInteger("transcribe")
        translate = try metadata.optionalInteger("translate")
        startOfLanguageModel = try metadata.optionalInteger("sot_lm")
        startOfPrevious = try metadata.optionalInteger("sot_prev")
        noSpeech = try metadata.optionalInteger("no_speech")
        timestampBegin = noTimestamps + 1
        timestampCount = Self.lastTimestampSeconds * Int(Self.stepsPerSecond) + 1
        let codes = metadata.strings("all_language_codes")
        let tokens = try metadata.integers("all_language_tokens")
        if configuration.isMultilingual {
            guard codes.count == tokens.count, !codes.isEmpty else {
                throw metadata.fault("all_language_codes", "has a wrong value for")
            }
            languages = zip(codes, tokens).map { Language(code: $0, id: $1) }.sorted { $0.id < $1.id }
        } else {
            languages = []
        }
        try check(configuration, file: file)
    }

    /// Languages by their texts, `<|` code `|>`.
    private static func languages(
        _ ids: [String: Int], within range: Range<Int>, listed: [String: Int], file: WhisperFile
    ) throws(RecognitionError) -> [Language] {
        var found = ids.filter { range.contains($0.value) && code($0.key) != nil }
        for (text, id) in listed {
            guard code(text) != nil, (found[text] ?? ids[text] ?? id) == id else {
                throw file.fault("contradicts generation_config.json about the token \(text.prefix(20))")
            }
            found[text] = id
        }
        return found.compactMap { text, id in code(text).map { Language(code: $0, id: id) } }.sorted { $0.id < $1.id }
    }

    private static func code(_ text: String) -> String? {
        guard text.hasPrefix("<|"), text.hasSuffix("|>") else { return nil }
        let code = text.dropFirst(2).dropLast(2)
        guard (2...4).contains(code.utf8.count), code.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else {
            return nil
        }
        return String(code)
    }

    /// Refuses tokens that the network does not rate, and one id for two of them.
    private func check(_ configuration: WhisperConfiguration, file: WhisperFile) throws(RecognitionError) {
        let steering = [
            endOfText, startOfTranscript, transcribe, translate, startOfLanguageModel, startOfPrevious, noSpeech,
            noTimestamps, timestampBegin,
        ].compactMap { $0 }
        let all = steering + languages.map(\.id) + [timestampBegin + timestampCount - 1]
        if let id = all.first(where: { $0 < 0 || $0 >= configuration.vocabularySize }) {
            throw file.fault(
                "names a token that the network does not have (\(id) of \(configuration.vocabularySize))",
                mend: "put tokenizer and networks of the same model into the folder")
        }
        guard Set(all).count == all.count else { throw file.fault("gives two special tokens the same id") }
    }
}
