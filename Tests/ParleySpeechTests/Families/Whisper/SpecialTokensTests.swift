import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleySpeech

@Suite struct SpecialTokensTests {
    private static func load(_ change: (inout SyntheticWhisper) -> Void = { _ in }) throws -> WhisperTokenizer {
        var synthetic = SyntheticWhisper()
        change(&synthetic)
        return try synthetic.load()
    }

    @Test func areFoundByTheirTexts() throws {
        let special = try Self.load().special
        #expect(special.endOfText == 264)
        #expect(special.startOfTranscript == 265)
        #expect(special.languages.map(\.code) == ["en", "zh", "haw"])
        #expect(special.languages.map(\.id) == [266, 267, 268])
        #expect(special.isMultilingual)
        #expect(special.language("haw") == 268)
        #expect(special.language("de") == nil)
        #expect(special.translate == 269)
        #expect(special.transcribe == 270)
        #expect(special.startOfLanguageModel == 271)
        #expect(special.startOfPrevious == 272)
        #expect(special.noSpeech == 273)
        #expect(special.noTimestamps == 274)
    }

    @Test func timestampsFollowWhereTheFilesLeaveThemOut() throws {
        let special = try Self.load().special
        #expect(special.timestampBegin == 275)
        #expect(special.timestampCount == 1_501)
        #expect(special.seconds(ofTimestamp: 275) == 0)
        #expect(special.seconds(ofTimestamp: 275 + 1_500) == 30)
        #expect(special.seconds(ofTimestamp: 275 + 51) == 1.02)
        #expect(special.seconds(ofTimestamp: 274) == nil)
        #expect(special.seconds(ofTimestamp: 275 + 1_501) == nil)
    }

    @Test func aModelOfOneLanguageHasNoLanguages() throws {
        let special = try Self.load { $0.generation["is_multilingual"] = false }.special
        #expect(special.languages.isEmpty && !special.isMultilingual)
        #expect(special.transcribe == 270)
    }

    @Test func theOldNameOfNoSpeechCounts() throws {
        let special = try Self.load {
            let tokens = $0.tokenizer["added_tokens"] as? [[String: Any]] ?? []
            $0.tokenizer["added_tokens"] = tokens.map { token in
                token["id"] as? Int == 273 ? ["id": 273, "content": "<|nocaptions|>"] : token
            }
        }.special
        #expect(special.noSpeech == 273)
    }

    @Test func comeFromTheMetadataOfSherpa() throws {
        let folder = try SherpaFolder.write(texts: SyntheticWhisper.texts)
        let tokenizer = try WhisperTokenizer(
            folder: WhisperFolder(directory: folder.url.path), metadata: WhisperConfigurationTests.metadata)
        let special = tokenizer.special
        let expected = try Self.load().special
        #expect(special.languages == expected.languages)
        #expect(special.endOfText == expected.endOfText)
        #expect(special.timestampBegin == expected.timestampBegin)
        #expect(special.noSpeech == expected.noSpeech)
        var metadata = WhisperConfigurationTests.metadata
        metadata["all_language_codes"] = "en"
        expectFault(["tiny-encoder.onnx", "all_language_codes"]) {
            _ = try WhisperTokenizer(folder: WhisperFolder(directory: folder.url.path), metadata: metadata)
        }
        expectFault(["tiny-encoder.onnx", "export"]) {
            _ = try WhisperTokenizer(folder: WhisperFolder(directory: folder.url.path), metadata: [:])
        }
    }

    @Test func contradictionsAreRefused() {
        typealias Change = (inout SyntheticWhisper) -> Void
        func changeToken(_ text: String, id: Int?) -> Change {
            { synthetic in
                var tokens = synthetic.tokenizer["added_tokens"] as? [[String: Any]] ?? []
                tokens.removeAll { $0["content"] as? String == text }
                if let id { tokens.append(["content": text, "id": id]) }
                synthetic.tokenizer["added_tokens"] = tokens
            }
        }
        let cases: [([String], Change)] = [
            (["tokenizer.json", "<|notimestamps|>"], changeToken("<|notimestamps|>", id: nil)),
            (["tokenizer.json", "<|endoftext|>"], changeToken("<|endoftext|>", id: nil)),
            (["tokenizer.json", "270"], changeToken("<|translate|>", id: 270)),
            (["tokenizer.json", "range"], changeToken("<|translate|>", id: -5)),
            (["tokenizer.json", "range"], changeToken("<|translate|>", id: Int.max)),
            (["tokenizer.json", "apart"], changeToken("<|30.00|>", id: 1_776)),
            (["tokenizer.json", "network"], { $0.config["vocab_size"] = 1_700 }),
            (["generation_config.json", "<|en|>"], { $0.generation["lang_to_id"] = ["<|en|>": 267] }),
            (["generation_config.json"], { $0.generation["lang_to_id"] = ["en": 266] }),
        ]
        for (words, change) in cases { expectFault(words) { _ = try Self.load(change) } }
    }
}

/// A folder in k2-fsa's layout.
enum SherpaFolder {
    static func write(tokens: [[UInt8]]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let lines = tokens.enumerated().map { id, bytes in
            (bytes.isEmpty ? "=" : Data(bytes).base64EncodedString()) + " \(id)\n"
        }
        _ = try folder.write("tiny-tokens.txt", lines.joined().utf8)
        for name in ["tiny-encoder.onnx", "tiny-decoder.onnx"] { _ = try folder.write(name, [1]) }
        return folder
    }

    static func write(texts: [String]) throws -> TemporaryFolder {
        try write(tokens: texts.map { ByteAlphabet.bytes(of: $0) ?? [] })
    }
}
