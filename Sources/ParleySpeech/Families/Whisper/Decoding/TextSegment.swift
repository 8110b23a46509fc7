/// A token of the text and how sure the decoder was of it.
struct TextToken: Sendable, Hashable {
    let id: Int
    let logProbability: Float
}

/// A stretch of a window's text between two marks of time.
struct TextSegment: Sendable, Hashable {
    /// Seconds from the window's start.
    var startSeconds: Double
    var endSeconds: Double
    /// Without timestamps.
    var tokens: [TextToken]
}

extension FoundText {
    /// Cuts the text at its timestamps, as openai/whisper's `transcribe` does.
    ///
    /// Text after the last mark reaches to the window's end: the window ends in a pause, so it is not decoded again.
    func segments(special: WhisperSpecialTokens, windowSeconds: Double) -> [TextSegment] {
        var segments: [TextSegment] = []
        var open = TextSegment(startSeconds: 0, endSeconds: windowSeconds, tokens: [])
        for (token, logProbability) in zip(tokens, logProbabilities) {
            guard let mark = special.seconds(ofTimestamp: token) else {
                // Other special tokens are no text, though nothing forbids a network to write them.
                if token < special.endOfText {
                    open.tokens.append(TextToken(id: token, logProbability: logProbability))
                }
                continue
            }
            let seconds = min(mark, windowSeconds)
            if open.tokens.isEmpty {
                open.startSeconds = seconds
            } else {
                open.endSeconds = max(open.startSeconds, seconds)
                segments.append(open)
                open = TextSegment(startSeconds: seconds, endSeconds: windowSeconds, tokens: [])
            }
        }
        if !open.tokens.isEmpty { segments.append(open) }
        return segments
    }
}
