import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// The algorithms with a vocabulary that the test makes, so that they are tested everywhere.
@Suite struct SyntheticTokenizerTests {
    private static func load(_ change: (inout SyntheticWhisper) -> Void = { _ in }) throws -> WhisperTokenizer {
        var synthetic = SyntheticWhisper()
        change(&synthetic)
        return try synthetic.load()
    }

    private static func ids(_ texts: String...) -> [Int] { texts.map(SyntheticWhisper.id) }

    @Test func mergesTheLowestRankFirst() throws {
        let tokenizer = try Self.load()
        #expect(tokenizer.encode("abc") == Self.ids("abc"))
        #expect(tokenizer.encode("bc") == Self.ids("bc"))
        #expect(tokenizer.encode(" abc") == Self.ids("Ġa", "bc"), "the blank takes the a first")
        #expect(tokenizer.encode(" the the") == Self.ids("Ġthe", "Ġthe"))
        #expect(tokenizer.encode("the") == Self.ids("t", "he"))
        #expect(tokenizer.encode("lllll") == Self.ids("ll", "ll", "l"), "the leftmost first")
        #expect(tokenizer.encode("").isEmpty)
    }

    @Test func listsOfTwoAreMergesToo() throws {
        let tokenizer = try Self.load { synthetic in
            synthetic.changeModel("merges", SyntheticWhisper.merges.map { [$0.0, $0.1] })
        }
        #expect(tokenizer.encode(" the abc") == Self.ids("Ġthe", "Ġa", "bc"))
    }

    /// Some fine-tuned models list ordinary tokens, or words of their own, among the added ones.
    @Test func addedTokensMayBeText() throws {
        let tokenizer = try Self.load { synthetic in
            let tokens = synthetic.tokenizer["added_tokens"] as? [[String: Any]] ?? []
            synthetic.tokenizer["added_tokens"] =
                tokens + [
                    ["content": "Ġthe", "id": SyntheticWhisper.id("Ġthe")],
                    ["content": "日本", "id": 1_800] as [String: Any],
                ]
        }
        #expect(tokenizer.encode(" the") == Self.ids("Ġthe"))
        #expect(tokenizer.decode(Self.ids("Ġthe") + [1_800]) == " the日本")
    }

    @Test func neverMakesSpecialTokensOfText() throws {
        let tokenizer = try Self.load()
        for text in SyntheticWhisper.added {
            let ids = tokenizer.encode(text)
            #expect(ids.allSatisfy { $0 < tokenizer.special.endOfText })
            #expect(tokenizer.decode(ids) == text)
        }
    }

    @Test func decodesEveryTextAndRepairsBytes() throws {
        let tokenizer = try Self.load()
        for text in ["naïve ☕️\n", "\u{0}\u{7F}", "e\u{301}", "日本", "👩‍👩‍👧"] {
            #expect(Array(tokenizer.decode(tokenizer.encode(text)).utf8) == Array(text.utf8))
        }
        let bytes = tokenizer.encode("é")
        #expect(bytes.count == 2)
        #expect(tokenizer.decode(bytes.prefix(1)) == "\u{FFFD}")
        #expect(tokenizer.bytes(of: bytes[0]) == [0xC3])
    }

    @Test func aLongPieceTakesNoLongTime() throws {
        let tokenizer = try Self.load()
        let ids = tokenizer.encode(String(repeating: "l", count: 20_001))
        #expect(ids.count == 10_001)
    }

    @Test(arguments: [
        ("I've been  there\n", ["I", "'ve", " been", " ", " there", "\n"]), ("a   b", ["a", "  ", " b"]),
        ("a \n b", ["a", " \n", " b"]), ("a\n\nb", ["a", "\n", "\n", "b"]), (" \t", [" \t"]),
        ("x'sy 's", ["x", "'s", "y", " '", "s"]), ("'S 'll'l", ["'", "S", " '", "ll", "'", "l"]),
        ("12½ab3", ["12½", "ab", "3"]), ("e\u{301}!", ["e", "\u{301}!"]), ("\u{A0}x", ["\u{A0}", "x"]),
        ("日本 語。", ["日本", " 語", "。"]), ("a\u{3000}\u{3000}b", ["a", "\u{3000}", "\u{3000}", "b"]), ("", []),
        ("'", ["'"]), ("'r", ["'", "r"]), ("हिन्दी", ["ह", "ि", "न", "्", "द", "ी"]),
    ])
    func cutsTextAsThePatternDoes(_ text: String, _ pieces: [String]) {
        let bytes = Array(text.utf8)
        let own = PreTokenizer.pieces(of: text).map { String(decoding: bytes[$0], as: UTF8.self) }
        #expect(own.map { Array($0.utf8) } == pieces.map { Array($0.utf8) }, "\(own)")
    }

    @Test func wordsKeepTheirBlanksAndPunctuationStandsAlone() throws {
        let tokenizer = try Self.load()
        let ids = tokenizer.encode(" abc the, é\"") + [tokenizer.special.endOfText]
        let words = tokenizer.words(of: ids, language: "en")
        #expect(words.map(\.text) == [" abc", " the", ",", " é", "\"", ""])
        #expect(words.flatMap(\.tokens) == ids)
        #expect(tokenizer.words(of: ids, language: "zh").map(\.text) == [" a", "bc", " the", ",", " ", "é", "\"", ""])
        #expect(tokenizer.words(of: [], language: "en").isEmpty)
    }

    @Test func brokenBytesLoseNoToken() throws {
        let tokenizer = try Self.load()
        var generator = SplitMix64(seed: 1)
        for _ in 0..<300 {
            let ids = (0..<8).map { _ in Int.random(in: 120..<256, using: &generator) }
            for language in ["en", "ja"] {
                #expect(tokenizer.words(of: ids, language: language).flatMap(\.tokens) == ids)
            }
        }
    }

    @Test func damagedVocabulariesAreRefused() {
        typealias Change = (inout SyntheticWhisper) -> Void
        let cases: [([String], Change)] = [
            (["tokenizer.json", "missing"], { $0.files["tokenizer.json"] = .some(nil) }),
            (["tokenizer.json", "JSON"], { $0.files["tokenizer.json"] = "{\"model\": {\"vocab\": {\"a\": 1" }),
            (["tokenizer.json"], { $0.files["tokenizer.json"] = String(repeating: "{\"a\":", count: 100_000) }),
            (["tokenizer.json", "model"], { $0.files["tokenizer.json"] = "{}" }),
            (["tokenizer.json", "BPE"], { $0.changeModel("type", "Unigram") }),
            (["tokenizer.json", "vocab"], { $0.changeModel("vocab", [["a", 0]]) }),
            (["tokenizer.json", "tokens"], { $0.changeModel("vocab", [String: Int]()) }),
            (["tokenizer.json", "merge 1"], { $0.changeModel("merges", ["zz yy"]) }),
            (["tokenizer.json", "merges"], { $0.changeModel("merges", ["a"]) }),
            (["tokenizer.json", "merges"], { $0.changeModel("merges", [["a", "b", "c"]]) }),
            (["tokenizer.json", "merges"], { $0.changeModel("merges", 5) }),
            (["tokenizer.json", "id 3"], { $0.changeVocabulary { $0["ab"] = 3 } }),
            (["tokenizer.json", "range"], { $0.changeVocabulary { $0["ab"] = -3 } }),
            (["tokenizer.json", "range"], { $0.changeVocabulary { $0["ab"] = 1 << 40 } }),
            (["tokenizer.json", "byte-level"], { $0.changeVocabulary { $0["▁ab"] = 1_000 } }),
            (["tokenizer.json", "256 bytes"], { $0.changeVocabulary { $0["!"] = nil } }),
            (["tokenizer.json", "id"], { $0.changeVocabulary { $0["cba"] = 270 } }),
        ]
        for (words, change) in cases { expectFault(words) { _ = try Self.load(change) } }
    }

    @Test(arguments: [
        ("IQ== x\n", "line 1"), ("IQ==\n", "line 1"), ("!!! 0\n", "line 1"), ("", "no tokens"),
        ("IQ== 0\nIg== 0\n", "id 0"), ("IQ== -1\n", "range"), ("IQ== 99999999\n", "range"), ("IQ== 0\n", "256 bytes"),
        ("\u{0}\u{1}\u{FFFD}", "line 1"),
    ])
    func damagedTokenListsAreRefused(_ contents: String, _ word: String) throws {
        let folder = try SherpaFolder.write(texts: [])
        _ = try folder.write("tiny-tokens.txt", contents.utf8)
        expectFault(["tiny-tokens.txt", word]) {
            _ = try WhisperTokenizer(
                folder: WhisperFolder(directory: folder.url.path), metadata: WhisperConfigurationTests.metadata)
        }
    }

    @Test func aForeignTokenListIsRefused() throws {
        let folder = try SherpaFolder.write(texts: SyntheticWhisper.texts + ["abab"])
        expectFault(["tiny-tokens.txt", "same model"]) {
            _ = try WhisperTokenizer(
                folder: WhisperFolder(directory: folder.url.path), metadata: WhisperConfigurationTests.metadata)
        }
        try FileManager.default.removeItem(atPath: folder.path("tiny-tokens.txt"))
        expectFault(["tiny-tokens.txt", "missing"]) {
            _ = try WhisperTokenizer(
                folder: WhisperFolder(directory: folder.url.path), metadata: WhisperConfigurationTests.metadata)
        }
    }
}
