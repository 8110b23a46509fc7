import Foundation
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

@Suite struct WhisperFolderTests {
    private static func folder(_ names: [String], size: Int = 3) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("onnx"), withIntermediateDirectories: true)
        for name in names { _ = try folder.write(name, [UInt8](repeating: 1, count: size)) }
        return folder
    }

    @Test func findsTheLayoutOfHuggingFace() throws {
        let temporary = try Self.folder([
            "onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx", "onnx/decoder_model_merged.onnx_data",
            "onnx/encoder_model_fp16.onnx", "onnx/decoder_model_fp16.onnx", "onnx/decoder_with_past_model_fp16.onnx",
            "encoder_model_quantized.onnx", "onnx/decoder_model_merged_int8.onnx", "onnx/decoder_model_int8.onnx",
        ])
        let path = temporary.url.path
        #expect(WhisperFolder.matches(directory: path))
        let folder = try WhisperFolder(directory: path)
        #expect(folder.layout == .huggingFace)
        #expect(folder.precisions == [.float32, .float16, .int8])
        #expect(
            folder.networks(.float32)
                == .merged(
                    encoder: path + "/onnx/encoder_model.onnx", decoder: path + "/onnx/decoder_model_merged.onnx"))
        #expect(
            folder.networks(.float16)
                == .pair(
                    encoder: path + "/onnx/encoder_model_fp16.onnx", first: path + "/onnx/decoder_model_fp16.onnx",
                    next: path + "/onnx/decoder_with_past_model_fp16.onnx"))
        #expect(
            folder.networks(.int8)
                == .merged(
                    encoder: path + "/encoder_model_quantized.onnx",
                    decoder: path + "/onnx/decoder_model_merged_int8.onnx"))
        #expect(folder.byteCount(.float32) == 9)
        #expect(folder.byteCount(.float16) == 9)
        #expect(folder.byteCount(.int8) == 6)
    }

    @Test func findsTheLayoutOfSherpa() throws {
        let temporary = try Self.folder([
            "large-v3-encoder.onnx", "large-v3-encoder.weights", "large-v3-decoder.onnx", "large-v3-encoder.int8.onnx",
            "large-v3-tokens.txt",
        ])
        let path = temporary.url.path
        #expect(WhisperFolder.matches(directory: path))
        let folder = try WhisperFolder(directory: path)
        #expect(folder.layout == .sherpa(name: "large-v3"))
        #expect(folder.precisions == [.float32])
        #expect(
            folder.networks(.float32)
                == .sherpa(encoder: path + "/large-v3-encoder.onnx", decoder: path + "/large-v3-decoder.onnx"))
        #expect(folder.networks(.int8) == nil)
        #expect(folder.byteCount(.float32) == 9)
        #expect(folder.byteCount(.int8) == 0)
    }

    @Test(arguments: [
        (["onnx/encoder_model.onnx"], "decoder_model_merged.onnx"),
        (["encoder_model_fp16.onnx"], "decoder_model_merged_fp16.onnx"),
        (["decoder_model_merged_int8.onnx"], "encoder_model_int8.onnx"),
        (["encoder_model.onnx", "decoder_model.onnx"], "decoder_model_merged.onnx"),
        (["tiny-decoder.onnx"], "tiny-encoder.onnx"), (["tiny-encoder.int8.onnx"], "tiny-decoder.int8.onnx"),
    ])
    func aMissingFileIsNamed(_ names: [String], _ missing: String) throws {
        let folder = try Self.folder(names)
        #expect(WhisperFolder.matches(directory: folder.url.path))
        expectFault([missing, "download"]) { _ = try WhisperFolder(directory: folder.url.path) }
    }

    @Test func anEmptyFileIsNamed() throws {
        let folder = try Self.folder(["encoder_model.onnx", "decoder_model_merged.onnx"], size: 0)
        expectFault(["encoder_model.onnx", "empty"]) { _ = try WhisperFolder(directory: folder.url.path) }
    }

    @Test func otherFoldersDoNotMatch() throws {
        for names in [
            [], ["model.onnx", "tokens.txt"], ["encoder-model.onnx", "decoder_joint-model.onnx", "vocab.txt"],
            ["encoder.int8.onnx", "decoder.int8.onnx", "joiner.int8.onnx", "tokens.txt"], ["-encoder.onnx"],
        ] {
            let folder = try Self.folder(names)
            #expect(!WhisperFolder.matches(directory: folder.url.path), "\(names)")
            expectFault(["no Whisper model"]) { _ = try WhisperFolder(directory: folder.url.path) }
        }
        #expect(!WhisperFolder.matches(directory: "/nonexistent"))
        expectFault(["no Whisper model"]) { _ = try WhisperFolder(directory: "/nonexistent") }
    }

    @Test func twoModelsInOneFolderAreRefused() throws {
        let folder = try Self.folder([
            "tiny-encoder.onnx", "tiny-decoder.onnx", "base-encoder.onnx", "base-decoder.onnx",
        ])
        expectFault(["several", "base, tiny"]) { _ = try WhisperFolder(directory: folder.url.path) }
    }
}

/// Expects a `modelUnavailable` whose message has all these words and no path.
func expectFault(
    _ words: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as RecognitionError {
        #expect(error.code == .modelUnavailable, sourceLocation: sourceLocation)
        for word in words {
            #expect(error.message.contains(word), "\(error.message)", sourceLocation: sourceLocation)
        }
        #expect(!error.message.contains("/tmp"), "\(error.message)", sourceLocation: sourceLocation)
        #expect(error.message.count < 300, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}
