/// Names of the networks of a model in one of the public layouts.
struct ModelLayout: Sendable {
    /// For messages.
    let name: String
    /// Ends of the networks' names without precision and `.onnx`; a prefix ends with `-`.
    let networks: [String]
    /// Whether some networks may be in another precision than the rest.
    var mixesPrecisions = false

    /// All known ones; the first that fits is taken, so richer ones stand before those that they include.
    static let all = [
        ModelLayout(name: "Transformers, merged decoder", networks: ["encoder_model", "decoder_model_merged"]),
        ModelLayout(
            name: "Transformers, two decoders",
            networks: ["encoder_model", "decoder_model", "decoder_with_past_model"]),
        ModelLayout(name: "onnx-asr transducer", networks: ["encoder-model", "decoder_joint-model"]),
        ModelLayout(name: "onnx-asr encoder and decoder", networks: ["encoder-model", "decoder-model"]),
        ModelLayout(name: "sherpa transducer", networks: ["encoder", "decoder", "joiner"], mixesPrecisions: true),
        ModelLayout(name: "sherpa encoder and decoder", networks: ["encoder", "decoder"]),
        ModelLayout(name: "one network", networks: ["model"]),
    ]

    /// Files that say which number stands for which piece of text, one of which every layout has.
    static func isVocabulary(_ name: some StringProtocol) -> Bool {
        ["tokenizer.json", "vocab.json", "vocab.txt", "tokens.txt"].contains { $0 == name }
            || name.hasSuffix("-tokens.txt")
    }
}
