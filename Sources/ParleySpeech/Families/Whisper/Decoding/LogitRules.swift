import ParleyCore

/// Which tokens may come next: openai/whisper's logit filters (`decoding.py`: SuppressBlank, SuppressTokens,
/// ApplyTimestampRules).
struct LogitRules: Sendable {
    private let special: WhisperSpecialTokens
    private let suppressed: [Int]
    private let suppressedAtBegin: [Int]
    private let usesTimestamps: Bool
    /// Last allowed timestamp of the first word, counted from 0.00.
    private let maximumInitialTimestamp: Int

    private var timestamps: Range<Int> {
        special.timestampBegin..<(special.timestampBegin + special.timestampCount)
    }

    /// - Parameters:
    ///   - options: What is asked for; `-1` among the suppressed tokens stands for the model's own list.
    ///   - configuration: The model's lists.
    ///   - special: The model's special tokens.
    init(options: DecodingOptions, configuration: WhisperConfiguration, special: WhisperSpecialTokens) {
        self.special = special
        let own = options.suppressedTokens.contains(-1) ? configuration.suppressedTokens : []
        // These start or steer a text and never belong in one, whatever the lists say.
        let steering = [
            special.startOfTranscript, special.transcribe, special.translate, special.startOfLanguageModel,
            special.startOfPrevious, special.noSpeech,
        ].compactMap { $0 }
        suppressed =
            own + steering + options.suppressedTokens.filter { $0 >= 0 }
            + (options.isEndless ? [special.endOfText] : [])
        suppressedAtBegin = options.suppressesBlank ? configuration.beginSuppressedTokens : []
        usesTimestamps = options.usesTimestamps
        let wanted = (options.maximumInitialTimestamp / .milliseconds(20)).rounded(.toNearestOrEven)
        maximumInitialTimestamp = Int(max(0, min(wanted, Double(special.timestampCount - 1))))
    }

    /// Makes the tokens impossible that may not follow.
    /// - Parameters:
    ///   - row: The logits of the next token.
    ///   - tokens: What was sampled so far, without the prompt.
    func apply(to row: inout LogitRow, after tokens: [Int]) {
        if tokens.isEmpty { row.suppress(suppressedAtBegin) }
        row.suppress(suppressed)
        guard usesTimestamps else { return }
        row.suppress(CollectionOfOne(special.noTimestamps))
        applyPairs(to: &row, after: tokens)
        if tokens.isEmpty {
            row.suppress(0..<special.timestampBegin)
            row.suppress((special.timestampBegin + maximumInitialTimestamp + 1)..<timestamps.upperBound)
        }
        preferTimestamp(in: &row)
    }

    /// Timestamps come in pairs, except before the end of the text, and never go back.
    private func applyPairs(to row: inout LogitRow, after tokens: [Int]) {
        let lastIsTimestamp = tokens.last.map(timestamps.contains) ?? false
        let penultimateIsTimestamp = tokens.count < 2 || timestamps.contains(tokens[tokens.count - 2])
        if lastIsTimestamp {
            row.suppress(penultimateIsTimestamp ? timestamps : 0..<special.endOfText)
        }
        guard let last = tokens.last(where: timestamps.contains) else { return }
        // The end of a segment may equal its start's mark only as the first of a pair.
        let earliest = lastIsTimestamp && !penultimateIsTimestamp ? last : last + 1
        row.suppress(timestamps.lowerBound..<max(timestamps.lowerBound, min(earliest, timestamps.upperBound)))
    }

    /// Where all timestamps together are likelier than any text token, a timestamp is sampled.
    private func preferTimestamp(in row: inout LogitRow) {
        let text = 0..<special.timestampBegin
        if row.logSumExp(in: timestamps) > row.maximum(in: text) { row.suppress(text) }
    }
}
