/// Shares aligned words out to their segments and mends times that can't be: openai/whisper's
/// `timing.add_word_timestamps`.
enum SegmentTiming {
    private static let sentenceEnds = [".", "\u{3002}", "!", "\u{ff01}", "?", "\u{ff1f}"]
    /// Largest plausible median length of a word, in seconds.
    private static let longestMedianSeconds = 0.7

    static func distribute(_ words: [TimedWord], over segments: [TextSegment]) -> [TimedSegment] {
        let median = medianSeconds(words)
        let words = PunctuationMerging.merged(shortened(words, longest: median * 2))
        var (index, lastSpeech) = (0, 0.0)
        return segments.map { segment in
            var own: [TimedWord] = []
            var tokenCount = 0
            while index < words.count, tokenCount < segment.tokens.count {
                own.append(words[index])
                tokenCount += words[index].tokens.count
                index += 1
            }
            var timed = TimedSegment(segment: segment, words: own)
            timed.mendBorders(median: median, lastSpeechSeconds: lastSpeech)
            if !own.isEmpty { lastSpeech = timed.segment.endSeconds }
            return timed
        }
    }

    private static func medianSeconds(_ words: [TimedWord]) -> Double {
        let lengths = words.map(\.durationSeconds).filter { $0 != 0 }.sorted()
        guard !lengths.isEmpty else { return 0 }
        let middle = lengths.count / 2
        let median = lengths.count.isMultiple(of: 2) ? (lengths[middle - 1] + lengths[middle]) / 2 : lengths[middle]
        return min(longestMedianSeconds, median)
    }

    /// Cuts words at the ends of sentences that swallow a pause.
    private static func shortened(_ words: [TimedWord], longest: Double) -> [TimedWord] {
        guard longest > 0 else { return words }
        var words = words
        for index in words.indices.dropFirst() where words[index].durationSeconds > longest {
            if sentenceEnds.contains(words[index].text) {
                words[index].endSeconds = words[index].startSeconds + longest
            } else if sentenceEnds.contains(words[index - 1].text) {
                words[index].startSeconds = words[index].endSeconds - longest
            }
        }
        return words
    }
}

extension TimedSegment {
    /// Mends the first words after a pause, and makes the segment's borders and its words' agree.
    fileprivate mutating func mendBorders(median: Double, lastSpeechSeconds: Double) {
        guard !words.isEmpty else { return }
        shortenFirstWords(median: median, lastSpeechSeconds: lastSpeechSeconds)
        if segment.startSeconds < words[0].endSeconds, segment.startSeconds - 0.5 > words[0].startSeconds {
            words[0].startSeconds = max(0, min(words[0].endSeconds - median, segment.startSeconds))
        } else {
            segment.startSeconds = words[0].startSeconds
        }
        let last = words.count - 1
        if segment.endSeconds > words[last].startSeconds, segment.endSeconds + 0.5 < words[last].endSeconds {
            words[last].endSeconds = max(words[last].startSeconds + median, segment.endSeconds)
        } else {
            segment.endSeconds = words[last].endSeconds
        }
    }

    /// The first two words after a pause are at most twice as long as the median.
    private mutating func shortenFirstWords(median: Double, lastSpeechSeconds: Double) {
        let longest = median * 2
        let followsPause = words[0].endSeconds - lastSpeechSeconds > median * 4
        let isLong = words[0].durationSeconds > longest
        let pairIsLong = words.count > 1 && words[1].endSeconds - words[0].startSeconds > longest * 2
        guard followsPause, isLong || pairIsLong else { return }
        if words.count > 1, words[1].durationSeconds > longest {
            let border = max(words[1].endSeconds / 2, words[1].endSeconds - longest)
            words[0].endSeconds = border
            words[1].startSeconds = border
        }
        words[0].startSeconds = max(0, words[0].endSeconds - longest)
    }
}
