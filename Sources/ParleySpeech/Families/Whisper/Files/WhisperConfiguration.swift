import Foundation
import ParleyCore

/// Numbers and lists that decoding needs, from the model's own files.
struct WhisperConfiguration: Sendable {
    /// A head of the decoder's cross attention that follows the time.
    struct AlignmentHead: Sendable, Hashable {
        /// Layer of the decoder, from 0.
        let layer: Int
        /// Head in the layer, from 0.
        let head: Int
    }

    /// Mel bands that the encoder reads (80 or 128).
    let melCount: Int
    /// Layers of the decoder.
    let layerCount: Int
    /// Heads of each layer of the decoder.
    let headCount: Int
    /// Width of the decoder.
    let modelWidth: Int
    /// The most tokens that the decoder sees, prompt and text together (448).
    let contextLength: Int
    /// Number of tokens that the decoder rates.
    let vocabularySize: Int
    /// Tokens that are never chosen.
    let suppressedTokens: [Int]
    /// Tokens that are not chosen first.
    let beginSuppressedTokens: [Int]
    /// Heads for the times of words; nil where the files name none.
    ///
    /// k2-fsa's exports with attentions give these heads only, without naming them.
    let alignmentHeads: [AlignmentHead]?
    /// The latest first timestamp, in steps of 0.02 s.
    let maximumInitialTimestampIndex: Int
    /// Whether the model knows several languages.
    let isMultilingual: Bool
    /// Tokens of languages by their texts, such as `<|en|>`, where the files list them outside the tokenizer.
    let languageTokens: [String: Int]

    /// `max_initial_timestamp` of 1 s in openai/whisper's decoding options.
    private static let defaultInitialTimestampIndex = 50
    /// `is_multilingual` in openai/whisper's model.py.
    private static let multilingualSize = 51_865
    /// Far more than any network has, so that products of two stay small.
    private static let maximumSize = 1 << 20

    /// Reads `config.json`, `generation_config.json` and `preprocessor_config.json` of a Hugging Face folder.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the file at fault and what to do.
    init(folder: WhisperFolder) throws(RecognitionError) {
        let file = WhisperFile("config.json", in: folder.directory)
        let config = try file.json(ModelJSON.self)
        guard config.model_type == nil || config.model_type == "whisper" else {
            throw file.fault(
                "describes a model of the type '\((config.model_type ?? "").prefix(40))', not Whisper",
                mend: "put a Whisper model into the folder")
        }
        let generationFile = WhisperFile("generation_config.json", in: folder.directory)
        let generation = generationFile.exists ? try generationFile.json(GenerationJSON.self) : nil
        let preprocessorFile = WhisperFile("preprocessor_config.json", in: folder.directory)
        if preprocessorFile.exists {
            let preprocessor = try preprocessorFile.json(PreprocessorJSON.self)
            guard (preprocessor.feature_size ?? config.num_mel_bins) == config.num_mel_bins else {
                throw preprocessorFile.fault("asks for other mel bands than config.json")
            }
        }
        melCount = config.num_mel_bins
        layerCount = config.decoder_layers
        headCount = config.decoder_attention_heads
        modelWidth = config.d_model
        contextLength = config.max_target_positions ?? 448
        vocabularySize = config.vocab_size
        suppressedTokens = generation?.suppress_tokens ?? config.suppress_tokens ?? []
        beginSuppressedTokens = generation?.begin_suppress_tokens ?? config.begin_suppress_tokens ?? []
        maximumInitialTimestampIndex = generation?.max_initial_timestamp_index ?? Self.defaultInitialTimestampIndex
        languageTokens = generation?.lang_to_id ?? [:]
        isMultilingual =
            generation?.is_multilingual ?? (!languageTokens.isEmpty || vocabularySize >= Self.multilingualSize)
        alignmentHeads = try generation?.alignment_heads.map { (heads) throws(RecognitionError) in
            try heads.map { (pair) throws(RecognitionError) in
                guard pair.count == 2 else { throw generationFile.fault("has a wrong value for alignment_heads") }
                return AlignmentHead(layer: pair[0], head: pair[1])
            }
        }
        try check { name in (Self.generationFields.contains(name) ? generationFile : file) }
    }

    /// Reads the metadata of a k2-fsa encoder.
    /// - Parameters:
    ///   - metadata: The ONNX file's custom metadata.
    ///   - model: Name of the encoder's file, for messages.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the key at fault and what to do.
    init(metadata: [String: String], model: String) throws(RecognitionError) {
        let values = EncoderMetadata(metadata, file: model)
        melCount = try values.integer("n_mels")
        layerCount = try values.integer("n_text_layer")
        headCount = try values.optionalInteger("n_text_head") ?? 1
        modelWidth = try values.integer("n_text_state")
        contextLength = try values.integer("n_text_ctx")
        vocabularySize = try values.integer("n_vocab")
        // What `suppress_tokens="-1"` stands for in openai/whisper's decoding.py.
        let specials = ["transcribe", "translate", "sot", "sot_prev", "sot_lm", "no_speech"]
        var suppressed = try values.integers("non_speech_tokens")
        for key in specials { if let id = try values.optionalInteger(key) { suppressed.append(id) } }
        suppressedTokens = Set(suppressed).sorted()
        var first = [try values.integer("eot")]
        if let blank = try values.optionalInteger("blank_id") { first.insert(blank, at: 0) }
        beginSuppressedTokens = first
        alignmentHeads = nil
        maximumInitialTimestampIndex = Self.defaultInitialTimestampIndex
        languageTokens = [:]
        isMultilingual = try values.integer("is_multilingual") != 0
        let file = WhisperFile(model, in: "")
        try check { _ in file }
    }

    private static let generationFields: Set = [
        "suppress_tokens", "begin_suppress_tokens", "alignment_heads", "max_initial_timestamp_index",
    ]

    /// Refuses numbers that no network of the family has.
    private func check(file: (String) -> WhisperFile) throws(RecognitionError) {
        for (name, value, range) in [
            ("num_mel_bins", melCount, 1...1_024), ("decoder_layers", layerCount, 1...1_024),
            ("decoder_attention_heads", headCount, 1...1_024), ("d_model", modelWidth, 1...65_536),
            ("max_target_positions", contextLength, 8...65_536), ("vocab_size", vocabularySize, 2...Self.maximumSize),
            ("max_initial_timestamp_index", maximumInitialTimestampIndex, 0...1_500),
        ] where !range.contains(value) {
            throw file(name).fault("has a value out of range for \(name) (\(value))")
        }
        guard modelWidth.isMultiple(of: headCount) else {
            throw file("decoder_attention_heads").fault(
                "has a width of \(modelWidth) that \(headCount) heads can't share")
        }
        for (name, tokens) in [("suppress_tokens", suppressedTokens), ("begin_suppress_tokens", beginSuppressedTokens)]
        {
            if let token = tokens.first(where: { !(0..<vocabularySize).contains($0) }) {
                throw file(name).fault("names a token in \(name) that the model does not have (\(token))")
            }
        }
        let heads = alignmentHeads ?? []
        guard heads.allSatisfy({ (0..<layerCount).contains($0.layer) && (0..<headCount).contains($0.head) }) else {
            throw file("alignment_heads").fault("names heads in alignment_heads that the model does not have")
        }
    }
}
