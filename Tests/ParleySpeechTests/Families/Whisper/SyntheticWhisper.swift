import Foundation
import ParleyTestSupport

@testable import ParleySpeech

/// A folder laid out as a Whisper model, with a vocabulary of the bytes and a few merges and with networks that are no
/// networks.
struct SyntheticWhisper {
    /// Merges after the 256 bytes, in order.
    static let merges = [
        ("Ġ", "a"), ("a", "b"), ("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("b", "c"), ("ab", "c"), ("l", "l"),
    ]
    static let languages = ["en", "zh", "haw"]

    var tokenizer: [String: Any]
    var config: [String: Any] = [
        "model_type": "whisper", "num_mel_bins": 80, "decoder_layers": 2, "decoder_attention_heads": 4, "d_model": 128,
        "max_target_positions": 448, "vocab_size": 1_900,
    ]
    var generation: [String: Any] = [
        "suppress_tokens": [1, 2, 7], "begin_suppress_tokens": [220, 264], "alignment_heads": [[1, 0], [1, 3]],
        "max_initial_timestamp_index": 50, "is_multilingual": true,
    ]
    /// Contents by file name; nil leaves a file out.
    var files: [String: String?] = ["onnx/encoder_model.onnx": "x", "onnx/decoder_model_merged.onnx": "yy"]

    /// Texts of the vocabulary by id.
    static let texts: [String] = {
        let bytes = (UInt32(0)..<0x144).compactMap { Unicode.Scalar($0).map { String(Character($0)) } }
            .filter { ByteAlphabet.bytes(of: $0) != nil }
        return bytes + merges.map { $0.0 + $0.1 }
    }()

    /// The added tokens, which follow the vocabulary.
    static let added: [String] =
        ["<|endoftext|>", "<|startoftranscript|>"] + languages.map { "<|\($0)|>" }
        + ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]

    static func id(_ text: String) -> Int {
        (texts + added).firstIndex(of: text) ?? -1
    }

    init() {
        let vocab = Dictionary(uniqueKeysWithValues: Self.texts.enumerated().map { ($1, $0) })
        let added = Self.added.map { ["content": $0, "id": Self.id($0)] as [String: Any] }
        tokenizer = [
            "added_tokens": added,
            "model": ["type": "BPE", "vocab": vocab, "merges": Self.merges.map { "\($0.0) \($0.1)" }] as [String: Any],
        ]
    }

    /// Changes the `model` of tokenizer.json.
    mutating func changeModel(_ key: String, _ value: Any) {
        var model = tokenizer["model"] as? [String: Any] ?? [:]
        model[key] = value
        tokenizer["model"] = model
    }

    /// Changes the vocabulary.
    mutating func changeVocabulary(_ change: (inout [String: Int]) -> Void) {
        var vocab = (tokenizer["model"] as? [String: Any])?["vocab"] as? [String: Int] ?? [:]
        change(&vocab)
        changeModel("vocab", vocab)
    }

    /// Writes everything.
    func write() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("onnx"), withIntermediateDirectories: true)
        for (name, value) in [
            ("tokenizer.json", tokenizer), ("config.json", config), ("generation_config.json", generation),
        ] {
            _ = try folder.write(name, JSONSerialization.data(withJSONObject: value))
        }
        for (name, contents) in files {
            if let contents {
                _ = try folder.write(name, contents.utf8)
            } else {
                try FileManager.default.removeItem(atPath: folder.path(name))
            }
        }
        return folder
    }

    /// Reads the tokenizer of what ``write()`` writes.
    func load() throws -> WhisperTokenizer {
        let folder = try write()
        return try WhisperTokenizer(folder: WhisperFolder(directory: folder.url.path), metadata: [:])
    }
}
