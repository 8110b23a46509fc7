// The names are those of the files.

/// What `config.json` says.
// swift-format-ignore: AlwaysUseLowerCamelCase
struct ModelJSON: Decodable {
    var model_type: String?
    var num_mel_bins: Int
    var decoder_layers: Int
    var decoder_attention_heads: Int
    var d_model: Int
    var max_target_positions: Int?
    var vocab_size: Int
    var suppress_tokens: [Int]?
    var begin_suppress_tokens: [Int]?
}

/// What `generation_config.json` says.
// swift-format-ignore: AlwaysUseLowerCamelCase
struct GenerationJSON: Decodable {
    var suppress_tokens: [Int]?
    var begin_suppress_tokens: [Int]?
    var alignment_heads: [[Int]]?
    var max_initial_timestamp_index: Int?
    var is_multilingual: Bool?
    var lang_to_id: [String: Int]?
}

/// What `preprocessor_config.json` says.
// swift-format-ignore: AlwaysUseLowerCamelCase
struct PreprocessorJSON: Decodable {
    var feature_size: Int?
}
