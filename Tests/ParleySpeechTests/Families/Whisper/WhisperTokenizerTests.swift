import Foundation
import ParleyCore
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
            Self.self, from: Data((text ?? RepositoryFile.text("Tests/ParleySpeechTests/Fixtures/whisper_text.json")).utf8))
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
}
