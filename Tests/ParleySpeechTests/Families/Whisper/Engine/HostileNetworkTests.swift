import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// Networks that are damaged, of another model or of another kind are errors that name the file and the mend.
@Suite(.enabled(if: WhisperFixture.isAvailable, WhisperFixture.hint), .serialized)
struct HostileNetworkTests {
    /// A copy of a fixture's folder that a test may spoil.
    private struct Copy {
        let folder = try? TemporaryFolder()
        let directory: String

        init(_ fixture: WhisperFixture) throws {
            directory = try #require(folder).path("model")
            try FileManager.default.copyItem(atPath: fixture.directory, toPath: directory)
        }

        func path(_ name: String) -> String { directory + "/" + name }

        func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name)))) }

        func write(_ bytes: [UInt8], to name: String) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        }

        func swap(_ one: String, _ other: String) throws {
            let (first, second) = (try bytes(one), try bytes(other))
            try write(second, to: one)
            try write(first, to: other)
        }

        /// Changes a number of a JSON file.
        func set(_ key: String, _ value: Any, in name: String = "config.json") throws {
            let object = try JSONSerialization.jsonObject(with: Data(bytes(name)))
            var values = try #require(object as? [String: Any])
            values[key] = value
            try write([UInt8](JSONSerialization.data(withJSONObject: values)), to: name)
        }
    }

    private struct Failure {
        let message: String
        let model: String?
        let isTyped: Bool
    }

    /// Loads a folder and recognises one window, and tells what that came to.
    private func failure(_ copy: Copy) async throws -> Failure? {
        do {
            let recognizer = try FamilyCatalog.load(
                id: "spoilt", directory: copy.directory, resources: WhisperFixture.resources())
            for beamSize in [1, 3] {
                var options = RecognitionOptions(language: "en", decoding: .unjudged)
                options.decoding.beamSize = beamSize
                options.decoding.maximumTokenCount = 8
                _ = try await recognizer.recognize(FixtureWindow.all[5].audioWindow(), options: options)
            }
            return nil
        } catch let error as InferenceError {
            return Failure(message: error.message, model: error.model, isTyped: true)
        } catch let error as RecognitionError {
            return Failure(message: error.message, model: nil, isTyped: error.code == .modelUnavailable)
        }
    }

    private func expect(
        _ copy: Copy, names file: String, _ words: String..., location: SourceLocation = #_sourceLocation
    ) async throws {
        guard let failure = try await failure(copy) else {
            Issue.record("was taken", sourceLocation: location)
            return
        }
        let text = "\(failure.model ?? "") \(failure.message)"
        #expect(failure.isTyped, "\(text)", sourceLocation: location)
        #expect(text.contains(file), "\(text)", sourceLocation: location)
        for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
        // What to do about it.
        let mends = ["nstall the model again", "download the model again", "export it again", "is not installed with"]
        #expect(mends.contains { text.contains($0) } || text.contains("put "), "\(text)", sourceLocation: location)
        #expect(!text.contains(copy.directory), "\(text)", sourceLocation: location)
    }

    private static let encoder = "onnx/encoder_model.onnx"
    private static let decoder = "onnx/decoder_model_merged.onnx"

    @Test func anUnspoiltCopyWorks() async throws {
        for fixture in WhisperFixture.allCases { #expect(try await failure(Copy(fixture)) == nil) }
    }

    @Test(arguments: [0.0, 0.3, 0.9, 0.999]) func truncatedNetworks(_ part: Double) async throws {
        for name in [Self.encoder, Self.decoder] {
            let copy = try Copy(.merged)
            let bytes = try copy.bytes(name)
            try copy.write(Array(bytes.prefix(Int(Double(bytes.count) * part))), to: name)
            // An empty file is as good as none, and other weights are not looked at unless they are asked for.
            try await expect(
                copy, names: part == 0 ? "float32" : name.split(separator: "/").last.map(String.init) ?? "")
        }
    }

    @Test func emptyNetworksOfTheOnlyPrecision() async throws {
        let copy = try Copy(.pair)
        try copy.write([], to: "onnx/decoder_with_past_model.onnx")
        try await expect(copy, names: "decoder_", "missing or empty")
    }

    @Test func textInThePlaceOfANetwork() async throws {
        for (fixture, name) in [
            (WhisperFixture.merged, Self.encoder), (.pair, "onnx/decoder_model.onnx"),
            (.sherpa, "fixture-decoder.onnx"),
        ] {
            let copy = try Copy(fixture)
            try copy.write(Array("version https://git-lfs.github.com/spec/v1\n".utf8), to: name)
            try await expect(copy, names: name.split(separator: "/").last.map(String.init) ?? "")
        }
    }

    @Test func swappedNetworks() async throws {
        let merged = try Copy(.merged)
        try merged.swap(Self.encoder, Self.decoder)
        try await expect(merged, names: "_model")
        let pair = try Copy(.pair)
        try pair.swap("onnx/decoder_model.onnx", "onnx/decoder_with_past_model.onnx")
        try await expect(pair, names: "decoder_")
        let sherpa = try Copy(.sherpa)
        try sherpa.swap("fixture-encoder.onnx", "fixture-decoder.onnx")
        try await expect(sherpa, names: "fixture-encoder.onnx")
    }

    @Test func networksOfAnotherSize() async throws {
        for (key, value) in [
            ("d_model", 64), ("vocab_size", 2_100), ("num_mel_bins", 128), ("decoder_attention_heads", 8),
            ("decoder_layers", 3),
        ] {
            for fixture in [WhisperFixture.merged, .pair] {
                let copy = try Copy(fixture)
                try copy.set(key, value)
                if key == "num_mel_bins" { try copy.set("feature_size", value, in: "preprocessor_config.json") }
                try await expect(copy, names: "coder")
            }
        }
    }

    /// Fewer layers than the network has: the cache is not whole.
    @Test func aConfigurationOfFewerLayers() async throws {
        let copy = try Copy(.merged)
        try copy.set("decoder_layers", 1)
        let failure = try #require(try await failure(copy))
        #expect(failure.isTyped)
    }

    /// Alignment heads that the network does not have.
    @Test func headsThatAreNotThere() async throws {
        for heads in [[[9, 0]], [[1, 99]], [[-1, 0]], [[0, -5], [1, 2]]] {
            let copy = try Copy(.merged)
            try copy.set("alignment_heads", heads, in: "generation_config.json")
            try await expect(copy, names: "generation_config.json", "alignment_heads")
        }
        let none = try Copy(.merged)
        try none.set("alignment_heads", [[Int]](), in: "generation_config.json")
        #expect(try await failure(none) == nil)
    }

    /// The graph declares no vocabulary, so that only a run shows it.
    @Test func undeclaredSizes() async throws {
        let copy = try Copy(.merged)
        var bytes = try copy.bytes(Self.decoder)
        // Every `dim_value: 2027` (field 1) becomes `dim_param: "v"` (field 2) of the same length.
        let (declared, named): ([UInt8], [UInt8]) = ([0x0a, 0x03, 0x08, 0xeb, 0x0f], [0x0a, 0x03, 0x12, 0x01, 0x76])
        var count = 0
        for index in 0..<(bytes.count - declared.count) where Array(bytes[index..<(index + 5)]) == declared {
            bytes.replaceSubrange(index..<(index + 5), with: named)
            count += 1
        }
        try #require(count > 0)
        try copy.write(bytes, to: Self.decoder)
        try copy.set("vocab_size", 2_100)
        try await expect(copy, names: "decoder_model_merged.onnx", "logits")
    }

    @Test func missingExternalData() async throws {
        let copy = try Copy(.merged)
        try copy.write(Self.externalModel(), to: Self.encoder)
        try await expect(copy, names: "encoder_model.onnx")
    }

    /// A network whose only weights are said to lie in a file that is not there.
    private static func externalModel() -> [UInt8] {
        var model = ProtobufMessage()
        model.add(1, 8)
        model.add(7) { graph in
            graph.add(1) { node in
                for input in ["input_features", "weights"] { node.add(1, input) }
                node.add(2, "last_hidden_state")
                node.add(4, "Add")
            }
            graph.add(2, "graph")
            graph.add(5) { tensor in
                tensor.add(1, 4)
                tensor.add(2, 1)
                tensor.add(8, "weights")
                tensor.add(13) { entry in
                    entry.add(1, "location")
                    entry.add(2, "encoder_model.onnx_data")
                }
                tensor.add(14, 1)
            }
            for (field, name) in [(11, "input_features"), (12, "last_hidden_state")] {
                graph.add(field) { value in
                    value.add(1, name)
                    value.add(2) { type in
                        type.add(1) { tensor in
                            tensor.add(1, 1)
                            tensor.add(2) { shape in shape.add(1) { $0.add(2, "n") } }
                        }
                    }
                }
            }
        }
        model.add(8) { $0.add(2, 17) }
        return model.bytes
    }

    @Test func aSherpaEncoderWithoutMetadata() async throws {
        let copy = try Copy(.sherpa)
        try copy.write(Self.withoutMetadata(copy.bytes("fixture-encoder.onnx")), to: "fixture-encoder.onnx")
        let failure = try #require(try await failure(copy))
        #expect(failure.isTyped)
        #expect(failure.message.contains("encoder.onnx") && failure.message.contains("sherpa-onnx"))
    }

    /// Leaves field 14, `metadata_props`, out of a `ModelProto`.
    private static func withoutMetadata(_ bytes: [UInt8]) -> [UInt8] {
        var (kept, index): ([UInt8], Int) = ([], 0)
        func varint() -> Int {
            var (value, shift) = (0, 0)
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                value |= Int(byte & 0x7f) << shift
                shift += 7
                if byte & 0x80 == 0 { break }
            }
            return value
        }
        while index < bytes.count {
            let start = index
            let tag = varint()
            let length = varint()
            if tag & 7 == 2 { index += length }
            if tag >> 3 != 14 { kept += bytes[start..<index] }
        }
        return kept
    }

    @Test func mixedLayouts() async throws {
        // The decoder of one layout under the name of the other.
        let merged = try Copy(.merged)
        try merged.write(Copy(.sherpa).bytes("fixture-decoder.onnx"), to: Self.decoder)
        try await expect(merged, names: "decoder_model_merged.onnx")
        let sherpa = try Copy(.sherpa)
        try sherpa.write(Copy(.merged).bytes(Self.encoder), to: "fixture-encoder.onnx")
        try await expect(sherpa, names: "fixture-encoder.onnx")
        // Half of each.
        let half = try Copy(.sherpa)
        try FileManager.default.removeItem(atPath: half.path("fixture-encoder.onnx"))
        try half.write(Copy(.merged).bytes(Self.encoder), to: "encoder_model.onnx")
        try await expect(half, names: "decoder_model")
        // The merged decoder as the first of a pair.
        let pair = try Copy(.pair)
        try pair.write(Copy(.merged).bytes(Self.decoder), to: "onnx/decoder_with_past_model.onnx")
        _ = try await failure(pair)
    }

    @Test func tokensOfAnotherModel() async throws {
        let copy = try Copy(.sherpa)
        let lines = try copy.bytes("fixture-tokens.txt")
        try copy.write(lines + lines, to: "fixture-tokens.txt")
        try await expect(copy, names: "fixture-tokens.txt")
    }
}
