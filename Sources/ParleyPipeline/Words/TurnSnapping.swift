import ParleyCore

/// Moves the ends of turns out of words, so that a change of speaker lies in the gap between two words.
///
/// An end within a word of the turn's own speaker moves so that the turn holds the whole word; an end within somebody
/// else's moves to the nearer edge of the word in ordinary turns, and leaves the word out of exclusive ones.
struct TurnSnapping: Sendable {
    /// In order of time; by speaker where each speaker's turns are held against their own words alone.
    private let words: [String?: [Word]]
    private let isBySpeaker: Bool

    /// - Parameters:
    ///   - words: With their speakers.
    ///   - isBySpeaker: Whether the words of several speakers overlap, as those of different channels do: then only the
    ///     speaker's own words matter to a turn.
    init(_ words: [Word], isBySpeaker: Bool = false) {
        let ordered = words.filter { $0.span.durationSeconds > 0 }
            .sorted { $0.span.startSeconds < $1.span.startSeconds }
        self.words = Dictionary(grouping: ordered) { isBySpeaker ? $0.speaker : nil }
        self.isBySpeaker = isBySpeaker
    }

    /// Turns that may overlap each other.
    func turns(_ turns: [SpeakerTurn]) -> [SpeakerTurn] {
        turns.compactMap { turn in
            let span = turn.span
            return moved(
                turn, start: edge(span.startSeconds, of: turn, owned: \.startSeconds, other: nearer(span.startSeconds)),
                end: edge(span.endSeconds, of: turn, owned: \.endSeconds, other: nearer(span.endSeconds)))
        }.joinedBySpeaker.sorted { ($0.span.startSeconds, $0.speaker) < ($1.span.startSeconds, $1.speaker) }
    }

    /// Turns with one speaker at a time; they stay so.
    func exclusiveTurns(_ turns: [SpeakerTurn]) -> [SpeakerTurn] {
        var result: [SpeakerTurn] = []
        for turn in turns {
            let start = edge(turn.span.startSeconds, of: turn, owned: \.startSeconds, other: \.endSeconds)
            let end = edge(turn.span.endSeconds, of: turn, owned: \.endSeconds, other: \.startSeconds)
            guard let moved = moved(turn, start: max(start, result.last?.span.endSeconds ?? 0), end: end) else {
                continue
            }
            result.append(moved)
        }
        return result.joinedBySpeaker
    }

    private func nearer(_ seconds: Double) -> (TimeSpan) -> Double {
        { seconds - $0.startSeconds <= $0.endSeconds - seconds ? $0.startSeconds : $0.endSeconds }
    }

    /// Where an end of a turn belongs.
    private func edge(
        _ seconds: Double, of turn: SpeakerTurn, owned: (TimeSpan) -> Double, other: (TimeSpan) -> Double
    ) -> Double {
        guard let word = word(around: seconds, of: turn.speaker) else { return seconds }
        return word.speaker == turn.speaker ? owned(word.span) : other(word.span)
    }

    /// The turn with other ends; nil when nothing is left of it.
    private func moved(_ turn: SpeakerTurn, start: Double, end: Double) -> SpeakerTurn? {
        guard end > start else { return nil }
        var moved = turn
        moved.span = TimeSpan(startSeconds: start, endSeconds: end)
        moved.overlapSeconds = min(turn.overlapSeconds, moved.span.durationSeconds)
        return moved
    }

    /// The word that a moment cuts.
    private func word(around seconds: Double, of speaker: String) -> Word? {
        let words = words[isBySpeaker ? speaker : nil] ?? []
        var low = 0
        var high = words.count
        while low < high {
            let middle = (low + high) / 2
            if words[middle].span.endSeconds <= seconds { low = middle + 1 } else { high = middle }
        }
        guard low < words.count, words[low].span.startSeconds < seconds else { return nil }
        return words[low]
    }
}

extension [SpeakerTurn] {
    /// The same with turns of one speaker that touch or overlap made one.
    fileprivate var joinedBySpeaker: [SpeakerTurn] {
        var result: [SpeakerTurn] = []
        var latest: [String: Int] = [:]
        for turn in self {
            if let index = latest[turn.speaker], result[index].span.endSeconds >= turn.span.startSeconds {
                result[index] = result[index].joined(turn)
            } else {
                latest[turn.speaker] = result.count
                result.append(turn)
            }
        }
        return result
    }
}

extension SpeakerTurn {
    /// Both turns as one.
    fileprivate func joined(_ later: SpeakerTurn) -> SpeakerTurn {
        let lengths = (span.durationSeconds, later.span.durationSeconds)
        let total = max(lengths.0 + lengths.1, 1e-9)
        return SpeakerTurn(
            span: TimeSpan(
                startSeconds: min(span.startSeconds, later.span.startSeconds),
                endSeconds: max(span.endSeconds, later.span.endSeconds)),
            speaker: speaker, confidence: (confidence * lengths.0 + later.confidence * lengths.1) / total,
            overlapSeconds: overlapSeconds + later.overlapSeconds)
    }
}
