import ParleyCore

/// A walk over a recording from boundary to boundary that sums what is needed to compare two answers.
struct ActivitySweep {
    /// What two speakers have in common, in seconds.
    struct Pair {
        /// Products of their simultaneous turns: what the pairing maximises.
        var cooccurrence = 0.0
        /// The lesser number of their simultaneous turns: what is correct when they are the same person.
        var correct = 0.0
        /// While both talk.
        var shared = 0.0
    }

    /// Shorter stretches are none, as in `pyannote.core`.
    static let shortestSeconds = 1e-6

    private(set) var scoredSeconds = 0.0
    /// Speaker time of the reference.
    private(set) var totalSeconds = 0.0
    private(set) var missSeconds = 0.0
    private(set) var falseAlarmSeconds = 0.0
    /// Speaker time that both sides have, rightly given or not.
    private(set) var commonSeconds = 0.0
    private(set) var referenceSeconds: [Double]
    private(set) var hypothesisSeconds: [Double]
    /// `[reference speaker][hypothesis speaker]`.
    private(set) var pairs: [[Pair]]

    private let skipsOverlap: Bool
    private var reference: ActiveSpeakers
    private var hypothesis: ActiveSpeakers
    private var regionDepth = 0
    private var collarDepth = 0

    /// - Parameters:
    ///   - reference: Spans with the speaker's number.
    ///   - regions: What is scored; may overlap.
    ///   - collarSeconds: Left out on each side of each boundary of the reference.
    init(
        reference: [(span: TimeSpan, speaker: Int)], referenceSpeakerCount: Int,
        hypothesis: [(span: TimeSpan, speaker: Int)], hypothesisSpeakerCount: Int, regions: [TimeSpan],
        collarSeconds: Double, skipsOverlap: Bool
    ) {
        self.skipsOverlap = skipsOverlap
        self.reference = ActiveSpeakers(count: referenceSpeakerCount)
        self.hypothesis = ActiveSpeakers(count: hypothesisSpeakerCount)
        referenceSeconds = Array(repeating: 0, count: referenceSpeakerCount)
        hypothesisSeconds = Array(repeating: 0, count: hypothesisSpeakerCount)
        pairs = Array(repeating: Array(repeating: Pair(), count: hypothesisSpeakerCount), count: referenceSpeakerCount)
        var events: [(seconds: Double, change: Change, step: Int)] = []
        func add(_ start: Double, _ end: Double, _ change: Change) {
            events.append((start, change, 1))
            events.append((end, change, -1))
        }
        for region in regions { add(region.startSeconds, region.endSeconds, .region) }
        for (span, speaker) in hypothesis { add(span.startSeconds, span.endSeconds, .hypothesis(speaker)) }
        for (span, speaker) in reference {
            add(span.startSeconds, span.endSeconds, .reference(speaker))
            guard collarSeconds > 0 else { continue }
            for boundary in [span.startSeconds, span.endSeconds] {
                add(boundary - collarSeconds, boundary + collarSeconds, .collar)
            }
        }
        events.sort { $0.seconds < $1.seconds }
        walk(events)
    }

    private enum Change {
        case region
        case collar
        case reference(Int)
        case hypothesis(Int)
    }

    private mutating func walk(_ events: [(seconds: Double, change: Change, step: Int)]) {
        var last = 0.0
        for event in events {
            // What is left between boundaries that are the same but for rounding is no time in which somebody talks.
            if event.seconds - last > Self.shortestSeconds, isScored { count(event.seconds - last) }
            last = event.seconds
            switch event.change {
            case .region: regionDepth += event.step
            case .collar: collarDepth += event.step
            case .reference(let speaker): reference.add(event.step, to: speaker)
            case .hypothesis(let speaker): hypothesis.add(event.step, to: speaker)
            }
        }
    }

    private var isScored: Bool {
        regionDepth > 0 && collarDepth == 0 && !(skipsOverlap && reference.turnCount > 1)
    }

    private mutating func count(_ seconds: Double) {
        scoredSeconds += seconds
        totalSeconds += seconds * Double(reference.turnCount)
        missSeconds += seconds * Double(max(0, reference.turnCount - hypothesis.turnCount))
        falseAlarmSeconds += seconds * Double(max(0, hypothesis.turnCount - reference.turnCount))
        commonSeconds += seconds * Double(min(reference.turnCount, hypothesis.turnCount))
        for speaker in hypothesis.active { hypothesisSeconds[speaker] += seconds }
        for row in reference.active {
            referenceSeconds[row] += seconds
            for column in hypothesis.active {
                let counts = (reference.turns[row], hypothesis.turns[column])
                pairs[row][column].cooccurrence += seconds * Double(counts.0 * counts.1)
                pairs[row][column].correct += seconds * Double(min(counts.0, counts.1))
                pairs[row][column].shared += seconds
            }
        }
    }
}

/// Who talks at the moment; the same name may have several turns at once.
private struct ActiveSpeakers {
    /// Simultaneous turns of each speaker.
    private(set) var turns: [Int]
    /// Speakers with turns.
    private(set) var active: [Int] = []
    /// All simultaneous turns.
    private(set) var turnCount = 0

    init(count: Int) { turns = Array(repeating: 0, count: count) }

    mutating func add(_ step: Int, to speaker: Int) {
        if turns[speaker] == 0 { active.append(speaker) }
        turns[speaker] += step
        turnCount += step
        if turns[speaker] == 0 { active.removeAll { $0 == speaker } }
    }
}
