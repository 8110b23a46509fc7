import ParleyCore

/// Text to tokens and back, with the vocabulary of a model's folder.
struct WhisperTokenizer: Sendable {
    /// The tokens that are not text.
    let special: WhisperSpecialTokens
    private let vocabulary: BytePairVocabulary

    /// Reads the files.
    ///
    /// Blocking, takes a fraction of a second.
    /// - Parameters:
    ///   - folder: The model's folder.
    ///   - metadata: The custom metadata of the encoder, which k2-fsa's layout needs; not read for the other.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the file at fault and what to do.
    init(folder: WhisperFolder, metadata: [String: String]) throws(RecognitionError) {
        let files: TokenizerFiles
        switch folder.layout {
        case .huggingFace:
            files = try TokenizerFiles(huggingFace: folder.directory)
            special = try WhisperSpecialTokens(
                ids: files.added, configuration: WhisperConfiguration(folder: folder), file: files.source)
        case .sherpa(let name):
            files = try TokenizerFiles(sherpa: name, directory: folder.directory)
            let encoder = "\(name)-encoder.onnx"
            special = try WhisperSpecialTokens(
                metadata: EncoderMetadata(metadata, file: encoder),
                configuration: WhisperConfiguration(metadata: metadata, model: encoder),
                file: WhisperFile(encoder, in: folder.directory))
            guard files.vocabulary.bytes.count <= special.endOfText else {
                throw files.source.fault(
                    "has more tokens than the encoder's metadata says",
                    mend: "put the token list of the same model into the folder")
            }
        }
        vocabulary = files.vocabulary
    }

    /// The tokens of a text.
    ///
    /// Only text tokens: a text such as `<|endoftext|>` is spelled out, as tiktoken's `encode_ordinary` does.
    func encode(_ text: String) -> [Int] {
        let bytes = Array(text.utf8)
        return PreTokenizer.pieces(of: text).flatMap { vocabulary.merges.tokens(of: bytes[$0]).map { Int($0) } }
    }

    /// The bytes of a text token, which need not be whole characters; none for special tokens, timestamps and ids out
    /// of range.
    func bytes(of id: Int) -> [UInt8] { vocabulary.bytes.indices.contains(id) ? vocabulary.bytes[id] : [] }

    /// The text of tokens, with U+FFFD for bytes that are no characters; other tokens than those of text are left out.
    func decode(_ ids: some Sequence<Int>) -> String {
        String(decoding: ids.flatMap { bytes(of: $0) }, as: UTF8.self)
    }
}
