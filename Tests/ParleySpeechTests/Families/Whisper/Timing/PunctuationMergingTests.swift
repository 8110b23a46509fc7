import Testing

@testable import ParleySpeech

/// Against openai/whisper 20250625's `merge_punctuations`.
@Suite struct PunctuationMergingTests {
    private static func words(_ texts: [String]) -> [TimedWord] {
        texts.enumerated().map { index, text in
            TimedWord(
                text: text, tokens: [TextToken(id: index, logProbability: 0)], startSeconds: Double(index),
                endSeconds: Double(index) + 1, probability: 0.5)
        }
    }

    private static let cases: [(words: [String], merged: [String])] = [
        ([" hello", ",", " world", "!"], [" hello,", " world!"]),
        ([" \"", " hi", "\"", "."], [" \" hi\"."]),
        ([" (", "a", ")"], [" (a)"]),
        ([" \"", " (", "x"], [" \" (x"]),
        ([" -", " -", "y"], [" - -y"]),
        (["¡", "x"], ["¡", "x"]),
        ([" ", " a"], ["  a"]),
        ([" a", " ", "."], [" a", " ."]),
        ([" a ", "."], [" a ", "."]),
        ([".", " a"], [".", " a"]),
        ([" ¿", " q", "?", "!"], [" ¿ q?!"]),
        ([" a", ".,"], [" a", ".,"]),
        ([" $", "5"], [" $", "5"]),
        ([" a", " ."], [" a", " ."]),
        ([" \""], [" \""]),
        (["\""], ["\""]),
        ([" a", "'s"], [" a", "'s"]),
        ([" a", "'", " b"], [" a'", " b"]),
        ([], []),
    ]

    @Test func mergesLikeOpenAI() {
        for (texts, merged) in Self.cases {
            let found = PunctuationMerging.merged(Self.words(texts))
            #expect(found.map(\.text) == merged)
            // No token is lost, and all stay in order.
            #expect(found.flatMap(\.tokens).map(\.id) == Array(texts.indices))
        }
    }

    @Test func timesStayThoseOfTheWord() {
        let found = PunctuationMerging.merged(Self.words([" \"", " hi", "."]))
        #expect(found.map(\.startSeconds) == [1])
        #expect(found.map(\.endSeconds) == [2])
    }
}
