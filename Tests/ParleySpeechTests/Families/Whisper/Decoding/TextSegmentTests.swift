import Testing

@testable import ParleySpeech

/// The synthetic model's 0.00 s is the token 275, and a second is 50 tokens.
@Suite struct TextSegmentTests {
    private static func segments(_ tokens: [Int], seconds: Double = 10) throws -> [[Double]] {
        let text = FoundText(
            tokens: tokens, logProbabilities: tokens.map { -Float($0) } + [-9], sum: 0)
        let segments = text.segments(special: try SyntheticWhisper().load().special, windowSeconds: seconds)
        for segment in segments {
            // Each token keeps its own log-probability.
            #expect(segment.tokens.allSatisfy { $0.logProbability == -Float($0.id) })
            #expect(segment.startSeconds <= segment.endSeconds)
        }
        return segments.map { [$0.startSeconds, $0.endSeconds] + $0.tokens.map { Double($0.id) } }
    }

    @Test func marksDivideTheText() throws {
        #expect(try Self.segments([275, 40, 41, 325]) == [[0, 1, 40, 41]])
        #expect(try Self.segments([275, 40, 325, 325, 41, 375]) == [[0, 1, 40], [1, 2, 41]])
        #expect(try Self.segments([285, 40, 325, 350, 41, 375]) == [[0.2, 1, 40], [1.5, 2, 41]])
    }

    @Test func textBehindTheLastMarkReachesToTheEnd() throws {
        #expect(try Self.segments([275, 40, 325, 325, 41]) == [[0, 1, 40], [1, 10, 41]])
        #expect(try Self.segments([275, 40]) == [[0, 10, 40]])
    }

    @Test func textWithoutMarksIsOneSegment() throws {
        #expect(try Self.segments([40, 41]) == [[0, 10, 40, 41]])
        #expect(try Self.segments([40, 325, 41]) == [[0, 1, 40], [1, 10, 41]])
    }

    @Test func marksBeyondTheWindowAreItsEnd() throws {
        #expect(try Self.segments([275, 40, 1_775, 1_775, 41], seconds: 2.5) == [[0, 2.5, 40], [2.5, 2.5, 41]])
    }

    @Test func marksThatGoBackDoNotTurnTimeRound() throws {
        #expect(try Self.segments([325, 40, 275, 275, 41]) == [[1, 1, 40], [0, 10, 41]])
    }

    @Test func nothingIsNoSegment() throws {
        #expect(try Self.segments([]) == [])
        #expect(try Self.segments([275, 325, 325, 400]) == [])
    }

    /// As openai/whisper's `transcribe`: tokens from the end of text on are no text.
    @Test func otherSpecialTokensAreLeftOut() throws {
        #expect(try Self.segments([275, 40, 266, 269, 41, 325]) == [[0, 1, 40, 41]])
        #expect(try Self.segments([275, 266, 267, 325]) == [])
    }
}
