import Testing

@testable import ParleyHub

/// Which files of the public layouts belong to a model.
@Suite struct ModelSelectionTests {
    private static func files(_ names: [String]) -> [HubFile] {
        names.map { HubFile(path: $0, byteCount: 10, digest: .sha256(String(repeating: "a", count: 64))) }
    }

    private func chosen(_ names: [String], _ wanted: [Precision]?) throws -> Set<String> {
        Set(try ModelSelection(Self.files(names), wanted: wanted, repository: "o/n").files.map(\.path))
    }

    /// Names as in onnx-community/whisper-large-v3-turbo.
    private let transformers = [
        "onnx/encoder_model.onnx", "onnx/encoder_model.onnx_data", "onnx/encoder_model_fp16.onnx",
        "onnx/encoder_model_int8.onnx", "onnx/encoder_model_quantized.onnx", "onnx/encoder_model_uint8.onnx",
        "onnx/decoder_model_merged.onnx", "onnx/decoder_model_merged_fp16.onnx",
        "onnx/decoder_model_merged_quantized.onnx", "onnx/decoder_model_merged_q4f16.onnx", "onnx/decoder_model.onnx",
        "onnx/decoder_with_past_model.onnx", "config.json", "generation_config.json", "tokenizer.json", "vocab.json",
        "merges.txt", "README.md", ".gitattributes", "model.safetensors",
    ]
    private let texts: Set = ["config.json", "generation_config.json", "tokenizer.json", "vocab.json", "merges.txt"]

    @Test func transformersInt8() throws {
        let networks: Set = ["onnx/encoder_model_int8.onnx", "onnx/decoder_model_merged_quantized.onnx"]
        #expect(try chosen(transformers, nil) == networks.union(texts))
        #expect(try chosen(transformers, [.int8]) == networks.union(texts))
    }

    @Test func transformersFloats() throws {
        #expect(
            try chosen(transformers, [.float32])
                == texts.union([
                    "onnx/encoder_model.onnx", "onnx/encoder_model.onnx_data", "onnx/decoder_model_merged.onnx",
                ]))
        #expect(
            try chosen(transformers, [.float16])
                == texts.union(["onnx/encoder_model_fp16.onnx", "onnx/decoder_model_merged_fp16.onnx"]))
    }

    @Test func twoDecodersAtTheRoot() throws {
        let names = ["encoder_model.onnx", "decoder_model.onnx", "decoder_with_past_model.onnx", "tokenizer.json"]
        #expect(try chosen(names, nil) == Set(names))
    }

    /// Names as in csukuangfj/sherpa-onnx-whisper-turbo.
    @Test func sherpa() throws {
        let names = [
            "turbo-encoder.onnx", "turbo-encoder.weights", "turbo-encoder.int8.onnx", "turbo-decoder.onnx",
            "turbo-decoder.int8.onnx", "turbo-tokens.txt", "test_wavs/0.wav", "test_wavs/trans.txt", "README.md",
        ]
        #expect(
            try chosen(names, [.float32])
                == ["turbo-encoder.onnx", "turbo-encoder.weights", "turbo-decoder.onnx", "turbo-tokens.txt"])
        #expect(try chosen(names, nil) == ["turbo-encoder.int8.onnx", "turbo-decoder.int8.onnx", "turbo-tokens.txt"])
    }

    /// Names as in istupakov/parakeet-tdt-0.6b-v3-onnx and in k2-fsa's transducers, whose decoder may stay fp32.
    @Test func transducers() throws {
        let fused = [
            "encoder-model.onnx", "encoder-model.onnx.data", "encoder-model.int8.onnx", "decoder_joint-model.onnx",
            "decoder_joint-model.int8.onnx", "nemo128.onnx", "vocab.txt", "config.json",
        ]
        #expect(
            try chosen(fused, [.float32])
                == [
                    "encoder-model.onnx", "encoder-model.onnx.data", "decoder_joint-model.onnx", "vocab.txt",
                    "config.json",
                ])
        let mixed = ["encoder.int8.onnx", "decoder.onnx", "joiner.int8.onnx", "tokens.txt"]
        #expect(try chosen(mixed, nil) == Set(mixed))
    }

    /// A recogniser needs all its networks in one precision.
    @Test func halfAPrecisionIsNone() throws {
        let names = [
            "onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx", "onnx/encoder_model_int8.onnx",
            "onnx/decoder_model_merged_fp16.onnx", "vocab.json",
        ]
        #expect(try chosen(names, nil) == [names[0], names[1], names[4]])
        #expect { try chosen(names, [.int8]) } throws: { ($0 as? HubError)?.message.contains("it has float32") == true }
    }

    @Test(arguments: [
        ["model.safetensors", "tokenizer.json"], ["encoder_model.onnx", "tokenizer.json"],
        ["encoder_model.onnx", "decoder_model_merged.onnx"],
        ["a-encoder.onnx", "b-encoder.onnx", "a-decoder.onnx", "b-decoder.onnx", "tokens.txt"], [],
    ])
    func whatIsNoModel(_ names: [String]) {
        #expect { try chosen(names, nil) } throws: { ($0 as? HubError)?.code == .unsuitable }
    }

    /// Parley's own manifest is not to come from outside.
    @Test func theManifestIsOurs() throws {
        let names = ["model.onnx", "tokens.txt", "model.json"]
        #expect(try chosen(names, nil) == ["model.onnx", "tokens.txt"])
    }
}
