import ParleyCore

/// Joins words to speakers.
///
/// A word is judged by the mean posterior of each speaker over its frames and, where several talk, by who is heard best
/// (``SpeakerActivity/exclusiveTurns``). Speakers are then chosen for all words of a window together: the path with the
/// greatest sum of scores, where a change of speaker costs something, much within a sentence and little at a pause or
/// after a full stop (Viterbi). So a sentence keeps its speaker unless another one is convincingly surer.
struct SpeakerAttribution: Sendable {
    let activity: SpeakerActivity

    /// What a change costs between words of a sentence, in posterior: a lone word amid somebody else's is theirs unless
    /// its own speaker is surer by twice as much.
    private static let costInSentence: Float = 0.25
    /// What a change costs at the end of a sentence or at a pause.
    private static let costBetweenSentences: Float = 0.03
    /// Longer pauses, in seconds, separate words as the end of a sentence does.
    private static let adjacentSeconds = 0.3
    /// Added to the score of whoever is heard best, as far as that covers the word.
    private static let exclusiveBonus: Float = 0.2
    /// A word in which nobody reaches this is said by whoever talks nearest.
    private static let audible: Float = 0.05

    init(_ activity: SpeakerActivity) { self.activity = activity }

    /// The words with their speakers; unchanged when nobody is known to speak.
    /// - Parameter previous: The word before them, with its speaker.
    func attribute(_ words: [Word], after previous: Word? = nil) -> [Word] {
        guard !activity.speakers.isEmpty, !words.isEmpty else { return words }
        var stages: [[Int]] = []
        var last = previous
        var sums = activity.speakers.map { last != nil && $0 != last?.speaker ? -Float.infinity : 0 }
        if last?.speaker == nil || sums.allSatisfy({ $0 == -.infinity }) { sums = sums.map { _ in 0 } }
        for word in words {
            let scores = scores(of: word.span)
            let cost = last.map { Self.changeCost($0, word) } ?? 0
            let leader = sums.indices.max { sums[$0] < sums[$1] } ?? 0
            stages.append(sums.indices.map { sums[$0] >= sums[leader] - cost ? $0 : leader })
            sums = sums.indices.map { max(sums[$0], sums[leader] - cost) + scores[$0] }
            // Only differences matter.
            let best = sums.max() ?? 0
            sums = sums.map { $0 - best }
            last = word
        }
        var speaker = sums.indices.max { sums[$0] < sums[$1] } ?? 0
        var attributed = words
        for index in words.indices.reversed() {
            attributed[index].speaker = activity.speakers[speaker]
            speaker = stages[index][speaker]
        }
        return attributed
    }

    private static func changeCost(_ word: Word, _ next: Word) -> Float {
        let pause = next.span.startSeconds - word.span.endSeconds
        return pause > adjacentSeconds || word.endsSentence ? costBetweenSentences : costInSentence
    }

    /// How well each speaker fits a word.
    private func scores(of span: TimeSpan) -> [Float] {
        var scores = activity.speakers.indices.map { meanPosterior($0, over: span) }
        guard let best = scores.max(), best > Self.audible else {
            let nearest = nearestSpeaker(to: span)
            return scores.indices.map { $0 == nearest ? Self.exclusiveBonus : 0 }
        }
        for turn in TurnSearch(activity.exclusiveTurns).turns(overlapping: span) {
            guard let speaker = activity.speakers.firstIndex(of: turn.speaker) else { continue }
            let share = turn.span.overlapSeconds(with: span) / max(span.durationSeconds, 1e-3)
            scores[speaker] += Self.exclusiveBonus * Float(min(1, share))
        }
        return scores
    }

    private func meanPosterior(_ speaker: Int, over span: TimeSpan) -> Float {
        let posteriors = activity.activity[speaker]
        func frame(_ seconds: Double) -> Int {
            min(posteriors.count, max(0, Int(((seconds - activity.startSeconds) / activity.frameSeconds).rounded())))
        }
        let first = frame(span.startSeconds)
        let last = min(posteriors.count, max(first + 1, frame(span.endSeconds)))
        guard last > first else { return 0 }
        return posteriors[first..<last].reduce(0, +) / Float(last - first)
    }

    /// Whose turn is nearest to a word that lies in nobody's.
    private func nearestSpeaker(to span: TimeSpan) -> Int {
        let nearest = activity.turns.min { distance($0.span, span) < distance($1.span, span) }
        return nearest.flatMap { turn in activity.speakers.firstIndex(of: turn.speaker) } ?? 0
    }

    private func distance(_ a: TimeSpan, _ b: TimeSpan) -> Double {
        max(0, max(a.startSeconds - b.endSeconds, b.startSeconds - a.endSeconds))
    }
}

/// Turns in order of time that do not overlap, searched by halving.
struct TurnSearch: Sendable {
    private let turns: [SpeakerTurn]

    init(_ turns: [SpeakerTurn]) { self.turns = turns }

    /// The turns that share time with a span.
    func turns(overlapping span: TimeSpan) -> ArraySlice<SpeakerTurn> {
        var low = 0
        var high = turns.count
        while low < high {
            let middle = (low + high) / 2
            if turns[middle].span.endSeconds <= span.startSeconds { low = middle + 1 } else { high = middle }
        }
        return turns[low...].prefix { $0.span.startSeconds < span.endSeconds }
    }
}

extension Word {
    /// Whether a sentence ends with it, as far as its punctuation says.
    fileprivate var endsSentence: Bool {
        text.last { !"\"'”’»)]".contains($0) }.map { ".?!…。？！".contains($0) } ?? false
    }
}
