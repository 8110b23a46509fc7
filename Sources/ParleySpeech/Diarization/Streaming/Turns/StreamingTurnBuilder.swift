import ParleyCore

/// Makes turns of one speaker out of posteriors as they come.
///
/// Hysteresis, padding, then short turns dropped, then pauses closed: the order of Medennikov et al., "Target-speaker
/// voice activity detection" (2020), which NeMo follows. Keeps a few numbers, however long the turn.
struct StreamingTurnBuilder: Sendable {
    /// A stretch that is not finished with.
    private struct Stretch {
        var start: Double
        var end: Double
        var sum: Double
        var count: Int

        mutating func join(_ later: Stretch) {
            end = max(end, later.end)
            sum += later.sum
            count += later.count
        }
    }

    private let speaker: Int
    private let rules: TurnRules
    private let frameSeconds: Double

    /// The last posteriors, as many as the median needs.
    private var recent: [Float]
    /// The next frame to come out of the median.
    private var frame: Int
    /// The frame at which the speaker began, while they speak.
    private var open: (start: Int, sum: Double, count: Int)?
    /// Padded; may still be joined by what begins before its end.
    private var padded: Stretch?
    /// Long enough; may still be joined over a pause.
    private var kept: Stretch?
    /// Nothing begins before what has been given.
    private var floor = 0.0

    /// - Parameter firstFrame: The first frame that will be appended; the speaker was silent before.
    init(speaker: Int, rules: TurnRules, frameSeconds: Double, firstFrame: Int) {
        self.speaker = speaker
        self.rules = rules
        self.frameSeconds = frameSeconds
        let half = rules.medianFrameCount / 2
        recent = [Float](repeating: 0, count: min(2 * half, firstFrame))
        frame = max(0, firstFrame - half)
    }

    /// Takes the next posteriors.
    /// - Returns: The turns that are over.
    mutating func append(_ posteriors: some Sequence<Float>) -> [StreamTurn] {
        var turns: [StreamTurn] = []
        let half = rules.medianFrameCount / 2
        for posterior in posteriors {
            recent.append(posterior)
            if recent.count > rules.medianFrameCount { recent.removeFirst() }
            // Near the start the window has only what there is.
            let isReady = recent.count == rules.medianFrameCount || recent.count - 1 - frame >= half
            if isReady { take(Self.median(recent), into: &turns) }
        }
        return turns
    }

    /// The stream has ended.
    mutating func finish() -> [StreamTurn] {
        var turns: [StreamTurn] = []
        let half = rules.medianFrameCount / 2
        for left in stride(from: min(half, recent.count), to: 0, by: -1) {
            if recent.count > left + half { recent.removeFirst() }
            take(Self.median(recent), into: &turns)
        }
        if open != nil { close(at: frame, into: &turns) }
        settle(into: &turns)
        give(&turns)
        let end = Double(frame) * frameSeconds
        for index in turns.indices { turns[index].span.endSeconds = min(turns[index].span.endSeconds, end) }
        return turns
    }

    /// Gives what there is of the turn that goes on, because labels are about to be corrected.
    mutating func cut() -> [StreamTurn] {
        var turns: [StreamTurn] = []
        let goesOn = open != nil
        if goesOn { close(at: frame, into: &turns) }
        settle(into: &turns)
        give(&turns)
        if goesOn { open = (frame, 0, 0) }
        return turns
    }

    private static func median(_ values: [Float]) -> Float {
        values.count == 1 ? values[0] : values.sorted()[values.count / 2]
    }

    private mutating func take(_ posterior: Float, into turns: inout [StreamTurn]) {
        if let stretch = open {
            if posterior < rules.offset {
                close(at: frame, into: &turns)
            } else {
                open = (stretch.start, stretch.sum + Double(posterior), stretch.count + 1)
            }
        } else if posterior >= rules.onset {
            open = (frame, Double(posterior), 1)
        }
        frame += 1
        let earliest = Double(open?.start ?? frame) * frameSeconds - rules.leadSeconds
        if let stretch = padded, earliest > stretch.end { settle(into: &turns) }
        if padded == nil, let stretch = kept, earliest - stretch.end >= rules.shortestPauseSeconds { give(&turns) }
    }

    /// Ends the open stretch before a frame.
    private mutating func close(at end: Int, into turns: inout [StreamTurn]) {
        guard let stretch = open else { return }
        open = nil
        guard stretch.count > 0 else { return }
        let ended = Stretch(
            start: max(floor, Double(stretch.start) * frameSeconds - rules.leadSeconds),
            end: Double(end) * frameSeconds + rules.tailSeconds, sum: stretch.sum, count: stretch.count)
        if let earlier = padded, ended.start > earlier.end { settle(into: &turns) }
        if padded == nil { padded = ended } else { padded?.join(ended) }
    }

    /// Nothing can join the padded stretch any more.
    private mutating func settle(into turns: inout [StreamTurn]) {
        guard let stretch = padded else { return }
        padded = nil
        guard stretch.end - stretch.start >= rules.shortestTurnSeconds else { return }
        if let earlier = kept, stretch.start - earlier.end >= rules.shortestPauseSeconds { give(&turns) }
        if kept == nil { kept = stretch } else { kept?.join(stretch) }
    }

    private mutating func give(_ turns: inout [StreamTurn]) {
        guard let stretch = kept else { return }
        kept = nil
        floor = stretch.end
        turns.append(
            StreamTurn(
                speaker: speaker, span: TimeSpan(startSeconds: stretch.start, endSeconds: stretch.end),
                confidence: stretch.sum / Double(max(1, stretch.count))))
    }
}
