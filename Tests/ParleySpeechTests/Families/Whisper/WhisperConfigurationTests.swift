import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleySpeech

@Suite struct WhisperConfigurationTests {
    /// What sherpa-onnx's export-onnx.py writes, for the synthetic vocabulary.
    static let metadata = [
        "n_mels": "80", "n_text_layer": "4", "n_text_ctx": "448", "n_text_state": "384", "n_text_head": "6",
        "n_vocab": "1900", "sot": "265", "eot": "264", "blank_id": "220", "translate": "269", "transcribe": "270",
        "is_multilingual": "1", "no_timestamps": "274", "no_speech": "273", "sot_prev": "272", "sot_lm": "271",
        "sot_sequence": "265,266,270", "all_language_tokens": "266,267,268", "all_language_codes": "en,zh,haw",
        "non_speech_tokens": "1,2,7",
    ]

    private static func load(_ change: (inout SyntheticWhisper) -> Void = { _ in }) throws -> WhisperConfiguration {
        var synthetic = SyntheticWhisper()
        change(&synthetic)
        let folder = try synthetic.write()
        return try WhisperConfiguration(folder: WhisperFolder(directory: folder.url.path))
    }

    @Test func readsTheFilesOfHuggingFace() throws {
        let configuration = try Self.load()
        #expect(configuration.melCount == 80)
        #expect(configuration.layerCount == 2)
        #expect(configuration.headCount == 4)
        #expect(configuration.modelWidth == 128)
        #expect(configuration.contextLength == 448)
        #expect(configuration.vocabularySize == 1_900)
        #expect(configuration.suppressedTokens == [1, 2, 7])
        #expect(configuration.beginSuppressedTokens == [220, 264])
        #expect(configuration.alignmentHeads == [.init(layer: 1, head: 0), .init(layer: 1, head: 3)])
        #expect(configuration.maximumInitialTimestampIndex == 50)
        #expect(configuration.isMultilingual)
    }

    @Test func oldFoldersHaveTheListsInOneFile() throws {
        let configuration = try Self.load {
            $0.files["generation_config.json"] = .some(nil)
            $0.config["suppress_tokens"] = [3]
            $0.config["begin_suppress_tokens"] = NSNull()
        }
        #expect(configuration.suppressedTokens == [3])
        #expect(configuration.beginSuppressedTokens.isEmpty)
        #expect(configuration.alignmentHeads == nil)
        #expect(configuration.maximumInitialTimestampIndex == 50)
        #expect(!configuration.isMultilingual)
    }

    @Test func readsTheMetadataOfSherpa() throws {
        let configuration = try WhisperConfiguration(metadata: Self.metadata, model: "tiny-encoder.onnx")
        #expect(configuration.melCount == 80)
        #expect(configuration.layerCount == 4)
        #expect(configuration.headCount == 6)
        #expect(configuration.modelWidth == 384)
        #expect(configuration.contextLength == 448)
        #expect(configuration.vocabularySize == 1_900)
        // openai/whisper: the non-speech tokens, transcribe, translate, sot, sot_prev, sot_lm and no_speech.
        #expect(configuration.suppressedTokens == [1, 2, 7, 265, 269, 270, 271, 272, 273])
        #expect(configuration.beginSuppressedTokens == [220, 264])
        #expect(configuration.alignmentHeads == nil)
    }

    @Test(arguments: ["n_mels", "n_text_layer", "n_text_ctx", "n_text_state", "n_vocab", "eot", "is_multilingual"])
    func aMissingKeyOfTheMetadataIsNamed(_ key: String) {
        for value in [nil, "x", "-1", "99999999999999999999"] where !(key == "is_multilingual" && value == "-1") {
            var metadata = Self.metadata
            metadata[key] = value
            expectFault(["tiny-encoder.onnx"]) {
                _ = try WhisperConfiguration(metadata: metadata, model: "tiny-encoder.onnx")
            }
        }
    }

    @Test func damagedFilesAreNamed() {
        typealias Change = (inout SyntheticWhisper) -> Void
        let cases: [([String], Change)] = [
            (["config.json", "missing"], { $0.files["config.json"] = .some(nil) }),
            (["config.json", "JSON"], { $0.files["config.json"] = "{\"model_type\": \"whis" }),
            (["config.json", "JSON"], { $0.files["config.json"] = "" }),
            (["config.json"], { $0.files["config.json"] = "[1]" }),
            (["config.json"], { $0.files["config.json"] = String(repeating: "[", count: 100_000) }),
            (["config.json", "d_model"], { $0.config["d_model"] = nil }),
            (["config.json", "d_model"], { $0.config["d_model"] = "128" }),
            (["config.json"], { $0.config["d_model"] = 1e30 }),
            (["config.json", "d_model"], { $0.config["d_model"] = -128 }),
            (["config.json", "vocab_size"], { $0.config["vocab_size"] = Int.max }),
            (["config.json", "share"], { $0.config["decoder_attention_heads"] = 3 }),
            (["config.json", "moonshine", "Whisper"], { $0.config["model_type"] = "moonshine" }),
            (["generation_config.json", "suppress_tokens"], { $0.generation["suppress_tokens"] = [-1] }),
            (["generation_config.json", "suppress_tokens"], { $0.generation["suppress_tokens"] = [1_900] }),
            (["generation_config.json", "alignment_heads"], { $0.generation["alignment_heads"] = [[2, 0]] }),
            (["generation_config.json", "alignment_heads"], { $0.generation["alignment_heads"] = [[0, 4]] }),
            (["generation_config.json", "alignment_heads"], { $0.generation["alignment_heads"] = [[0]] }),
            (["generation_config.json", "index"], { $0.generation["max_initial_timestamp_index"] = -1 }),
            (["preprocessor_config.json"], { $0.files["preprocessor_config.json"] = "{\"feature_size\": 128}" }),
        ]
        for (words, change) in cases { expectFault(words) { _ = try Self.load(change) } }
    }
}
