import ParleyCore

/// Joins words to speakers: a word belongs to whoever has the highest mean posterior over its frames.
struct SpeakerAttribution: Sendable {
    let activity: SpeakerActivity
    /// Frame of each speaker's posteriors summed from the start, so that a mean costs two look-ups.
    private let cumulative: [[Float]]

    /// A word in the middle of somebody else's words is theirs unless its own speaker is this much surer.
    private static let convincingMargin: Float = 0.3
    /// Pauses up to this, in seconds, do not separate a word from its neighbours.
    private static let adjacentSeconds = 0.3

    init(_ activity: SpeakerActivity) {
        self.activity = activity
        cumulative = activity.activity.map { posteriors in
            var sum: Float = 0
            return [0]
                + posteriors.map { posterior in
                    sum += posterior
                    return sum
                }
        }
    }

    /// The words with their speakers; unchanged when nobody is known to speak.
    func attribute(_ words: [Word]) -> [Word] {
        guard !activity.speakers.isEmpty else { return words }
        let scores = words.map { word in activity.speakers.indices.map { meanPosterior($0, over: word.span) } }
        var speakers = zip(words, scores).map { word, row -> Int in
            let best = row.indices.max { row[$0] < row[$1] } ?? 0
            return row[best] > 0.05 ? best : nearestSpeaker(to: word.span)
        }
        for index in speakers.indices.dropFirst().dropLast() {
            let (before, after) = (speakers[index - 1], speakers[index + 1])
            guard before == after, speakers[index] != before,
                words[index].span.startSeconds - words[index - 1].span.endSeconds <= Self.adjacentSeconds,
                words[index + 1].span.startSeconds - words[index].span.endSeconds <= Self.adjacentSeconds,
                scores[index][speakers[index]] - scores[index][before] < Self.convincingMargin
            else { continue }
            speakers[index] = before
        }
        return zip(words, speakers).map { word, speaker in
            var word = word
            word.speaker = activity.speakers[speaker]
            return word
        }
    }

    private func meanPosterior(_ speaker: Int, over span: TimeSpan) -> Float {
        let sums = cumulative[speaker]
        func frame(_ seconds: Double) -> Int {
            min(sums.count - 1, max(0, Int(((seconds - activity.startSeconds) / activity.frameSeconds).rounded())))
        }
        let first = frame(span.startSeconds)
        let last = min(sums.count - 1, max(first + 1, frame(span.endSeconds)))
        return last > first ? (sums[last] - sums[first]) / Float(last - first) : 0
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
