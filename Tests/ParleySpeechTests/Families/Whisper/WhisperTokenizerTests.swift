import Foundation
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// What openai/whisper makes of many texts; `Fixtures/make_whisper_text.py` wrote it.
struct WhisperTextReference: Decodable {
    struct Text: Decodable {
        var text: String
        var ids: [Int]
    }

    struct Words: Decodable {
        var language: String
        var ids: [Int]
        var words: [String]
        /// Tokens of each word.
        var counts: [Int]
    }

    var texts: [Text]
    var decoded: [Text]
    var words: [Words]

    static func load() throws -> Self {
        // A larger table made by the same script can be put in its place.
        let path = TestEnvironment.variable("PARLEY_WHISPER_TEXT")
        let text = try path.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return try JSONDecoder().decode(
            Self.self,
            from: Data((text ?? RepositoryFile.text("Tests/ParleySpeechTests/Fixtures/whisper_text.json")).utf8))
    }
}

@Suite struct WhisperTokenizerTests {
    static let folder = TestEnvironment.testData.map { $0 + "/models/tiny-whisper" }

    /// Strings in Swift are equal when they look equal; tests of bytes must not be content with that.
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func tokenizer() throws -> WhisperTokenizer {
        try WhisperTokenizer(folder: WhisperFolder(directory: #require(folder)), metadata: [:])
    }

    @Test(.enabled(if: folder != nil, "needs PARLEY_TEST_DATA"))
    func encodesAsTheReference() throws {
        let tokenizer = try Self.tokenizer()
        var wrong = 0
        for entry in try WhisperTextReference.load().texts {
            let ids = tokenizer.encode(entry.text)
            if ids != entry.ids {
                wrong += 1
                if wrong < 10 { Issue.record("\(entry.text.debugDescription): \(ids) instead of \(entry.ids)") }
            }
            #expect(Self.bytes(tokenizer.decode(ids)) == Self.bytes(entry.text))
        }
        #expect(wrong == 0)
    }

    @Test(.enabled(if: folder != nil, "needs PARLEY_TEST_DATA"))
    func decodesAsTheReference() throws {
        let tokenizer = try Self.tokenizer()
        for entry in try WhisperTextReference.load().decoded {
            #expect(Self.bytes(tokenizer.decode(entry.ids)) == Self.bytes(entry.text), "\(entry.ids)")
        }
    }

    @Test(.enabled(if: folder != nil, "needs PARLEY_TEST_DATA"))
    func findsTheWordsOfTheReference() throws {
        let tokenizer = try Self.tokenizer()
        for entry in try WhisperTextReference.load().words {
            let words = tokenizer.words(of: entry.ids, language: entry.language)
            #expect(words.map { Self.bytes($0.text) } == entry.words.map(Self.bytes), "\(entry.language) \(entry.ids)")
            #expect(words.map(\.tokens.count) == entry.counts, "\(entry.language) \(entry.ids)")
            #expect(words.flatMap(\.tokens) == entry.ids)
        }
    }

    /// k2-fsa's token list has no merges; they must follow from the order of the ids.
    @Test(.enabled(if: folder != nil, "needs PARLEY_TEST_DATA"))
    func theTokenListOfSherpaEncodesTheSame() throws {
        let tokenizer = try Self.tokenizer()
        let temporary = try SherpaFolder.write(tokens: (0..<50_257).map { tokenizer.bytes(of: $0) })
        let files = try TokenizerFiles(sherpa: "tiny", directory: temporary.url.path)
        for entry in try WhisperTextReference.load().texts {
            let bytes = Array(entry.text.utf8)
            let ids = PreTokenizer.pieces(of: entry.text).flatMap { files.vocabulary.merges.tokens(of: bytes[$0]) }
            #expect(ids.map { Int($0) } == entry.ids, "\(entry.text.debugDescription)")
        }
    }

    @Test(.enabled(if: folder != nil, "needs PARLEY_TEST_DATA"))
    func theOlderFilesGiveTheSame() throws {
        let directory = try #require(Self.folder)
        let temporary = try TemporaryFolder()
        for name in ["config.json", "generation_config.json", "vocab.json", "merges.txt", "added_tokens.json", "onnx"] {
            try FileManager.default.createSymbolicLink(
                atPath: temporary.path(name), withDestinationPath: directory + "/" + name)
        }
        let older = try WhisperTokenizer(folder: WhisperFolder(directory: temporary.url.path), metadata: [:])
        try FileManager.default.removeItem(atPath: temporary.path("added_tokens.json"))
        try FileManager.default.createSymbolicLink(
            atPath: temporary.path("tokenizer_config.json"), withDestinationPath: directory + "/tokenizer_config.json")
        let oldest = try WhisperTokenizer(folder: WhisperFolder(directory: temporary.url.path), metadata: [:])
        for tokenizer in [older, oldest] {
            #expect(tokenizer.special.languages.count == 99)
            #expect(tokenizer.special.timestampBegin == 50_364)
            for entry in try WhisperTextReference.load().texts.prefix(200) {
                #expect(tokenizer.encode(entry.text) == entry.ids)
            }
        }
    }

    @Test(.enabled(if: folder != nil, "needs PARLEY_TEST_DATA"))
    func specialTokensHaveNoText() throws {
        let tokenizer = try Self.tokenizer()
        let special = tokenizer.special
        #expect(special.endOfText == 50_257 && special.startOfTranscript == 50_258 && special.noSpeech == 50_362)
        #expect(special.languages.count == 99 && special.language("en") == 50_259 && special.language("su") == 50_357)
        #expect(special.seconds(ofTimestamp: 51_864) == 30)
        for id in [-1, Int.min, Int.max, 50_257, 50_259, 50_363, 50_364, 51_864, 51_865] {
            #expect(tokenizer.bytes(of: id).isEmpty)
        }
        let ids = tokenizer.encode(" Hello")
        #expect(tokenizer.decode([50_258, 50_259, 50_364] + ids + [50_500, 50_257]) == " Hello")
    }

    /// The fixtures of the repository have a small vocabulary in both layouts; no test data is needed for them.
    @Test func bothLayoutsOfTheFixtureEncodeTheSame() throws {
        let tests = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let hub = try WhisperFolder(directory: tests.path + "/Fixtures/whisper-mini")
        #expect(hub.precisions == WeightPrecision.allCases)
        let sherpa = try WhisperFolder(directory: tests.path + "/Fixtures/whisper-mini-sherpa")
        #expect(sherpa.layout == .sherpa(name: "fixture"))
        let tokenizer = try WhisperTokenizer(folder: hub, metadata: [:])
        let files = try TokenizerFiles(sherpa: "fixture", directory: sherpa.directory)
        for entry in try WhisperTextReference.load().texts {
            let bytes = Array(entry.text.utf8)
            let ids = tokenizer.encode(entry.text)
            let own = PreTokenizer.pieces(of: entry.text).flatMap { files.vocabulary.merges.tokens(of: bytes[$0]) }
            #expect(own.map { Int($0) } == ids)
            #expect(Array(tokenizer.decode(ids).utf8) == bytes)
        }
    }
}
