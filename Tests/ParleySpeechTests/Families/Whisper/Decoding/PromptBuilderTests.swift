import ParleyCore
import Testing

@testable import ParleySpeech

/// The synthetic model: 264 ends the text, 265 starts it, 266 en, 267 zh, 268 haw, 269 translate, 270 transcribe,
/// 272 precedes a prompt, 274 says that there are no timestamps; its context is 448 tokens.
@Suite struct PromptBuilderTests {
    private static func builder(
        contextLength: Int = 448, _ change: (inout SyntheticWhisper) -> Void = { _ in }
    ) throws -> PromptBuilder {
        var whisper = SyntheticWhisper()
        change(&whisper)
        return PromptBuilder(tokenizer: try whisper.load(), contextLength: contextLength)
    }

    @Test func steersByLanguageAndTask() throws {
        let builder = try Self.builder()
        #expect(try builder.steering(task: .transcribe, language: "en") == [265, 266, 270])
        #expect(try builder.steering(task: .translate, language: "haw") == [265, 268, 269])
        for language in ["fr", "", nil] {
            let error = #expect(throws: RecognitionError.self) {
                try builder.steering(task: .transcribe, language: language)
            }
            #expect(error?.code == .languageUnsupported)
        }
    }

    @Test func modelsOfOneLanguageAreNotSteered() throws {
        let builder = try Self.builder { $0.generation["is_multilingual"] = false }
        #expect(try builder.steering(task: .transcribe, language: "en") == [265])
        #expect(try builder.steering(task: .transcribe, language: nil) == [265])
    }

    @Test func saysThatThereAreNoTimestamps() throws {
        let builder = try Self.builder()
        var options = DecodingOptions()
        #expect(builder.ending(options) == [])
        options.usesTimestamps = false
        #expect(builder.ending(options) == [274])
    }

    @Test func promptAndKeywordsPrecede() throws {
        let builder = try Self.builder()
        let encode = builder.tokenizer.encode
        #expect(builder.preceding(RecognitionOptions()) == [])
        #expect(builder.preceding(RecognitionOptions(prompt: "  \n", keywords: [])) == [])
        #expect(builder.preceding(RecognitionOptions(prompt: "the  bell ")) == [272] + encode(" the bell"))
        #expect(builder.preceding(RecognitionOptions(keywords: ["abc", "the"])) == [272] + encode(" abc, the"))
        #expect(
            builder.preceding(RecognitionOptions(prompt: "bell", keywords: ["abc"], precedingTokens: [5, 6]))
                == [272] + encode(" abc") + encode(" bell") + [5, 6])
        // Marks in a prompt are spelled out, so that nobody steers the model by them.
        #expect(builder.preceding(RecognitionOptions(prompt: "<|zh|>")) == [272] + encode(" <|zh|>"))
        #expect(!builder.preceding(RecognitionOptions(prompt: "<|zh|>")).contains(267))
    }

    @Test func theNewestTextStays() throws {
        let builder = try Self.builder(contextLength: 20)
        // Half of the context, less the mark.
        let long = RecognitionOptions(precedingTokens: Array(0..<50))
        #expect(builder.preceding(long) == [272] + Array(41..<50))
        let exact = RecognitionOptions(precedingTokens: Array(0..<9))
        #expect(builder.preceding(exact) == [272] + Array(0..<9))
        // Keywords keep half of that at most: four of them, and five tokens of text.
        let both = RecognitionOptions(keywords: ["xxxxxxxxxxxxxxxx"], precedingTokens: Array(0..<50))
        let keywords = Array(builder.tokenizer.encode(" xxxxxxxxxxxxxxxx").prefix(4))
        #expect(builder.preceding(both) == [272] + keywords + Array(45..<50))
    }

    @Test(arguments: [8, 9, 10, 448]) func aPromptLeavesRoomForText(_ contextLength: Int) throws {
        let builder = try Self.builder(contextLength: contextLength)
        let options = RecognitionOptions(
            prompt: String(repeating: "x", count: 1_000), keywords: [String(repeating: "y", count: 1_000)],
            precedingTokens: Array(repeating: 3, count: 1_000))
        #expect(builder.preceding(options).count == contextLength / 2)
    }

    @Test func modelsWithoutTheMarkTakeNoPrompt() throws {
        let builder = try Self.builder { whisper in
            let added = whisper.tokenizer["added_tokens"] as? [[String: Any]] ?? []
            whisper.tokenizer["added_tokens"] = added.filter { $0["content"] as? String != "<|startofprev|>" }
        }
        #expect(builder.preceding(RecognitionOptions(prompt: "the", keywords: ["abc"])) == [])
    }
}
