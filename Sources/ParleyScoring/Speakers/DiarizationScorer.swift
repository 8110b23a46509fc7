public import ParleyCore

/// Diarization error rate and Jaccard error rate.
///
/// Computed as by `pyannote.metrics` (H. Bredin, Interspeech 2017), and equal to it.
///
/// Speakers of hypothesis and reference are paired one to one so that they share the most time (Hungarian method), within
/// what is scored.
public struct DiarizationScorer: Sendable {
    /// Seconds left out on each side of each boundary of the reference, at least 0.
    ///
    /// 0.25 is NIST's convention. The `collar` of `pyannote.metrics` is the sum of both sides.
    public var collarSeconds: Double
    /// Leaves out where the reference has more than one turn at a time.
    public var skipsOverlap: Bool

    /// Most speakers of one side of a recording.
    static let speakerLimit = 1_000

    /// Makes a scorer.
    public init(collarSeconds: Double = 0, skipsOverlap: Bool = false) {
        self.collarSeconds = max(0, collarSeconds)
        self.skipsOverlap = skipsOverlap
    }

    /// Compares the turns of one recording.
    /// - Parameter regions: What is scored; nil takes all from the first turn to the last of both sides.
    /// - Throws: ``ScoringError`` (`tooLarge`) for more than 1,000 speakers.
    public func score(
        reference: [SpeakerTurn], hypothesis: [SpeakerTurn], regions: [TimeSpan]? = nil
    ) throws(ScoringError) -> DiarizationScore {
        let reference = reference.filter { $0.span.durationSeconds > ActivitySweep.shortestSeconds }
        let hypothesis = hypothesis.filter { $0.span.durationSeconds > ActivitySweep.shortestSeconds }
        let real = Set(reference.map(\.speaker)).sorted()
        let found = Set(hypothesis.map(\.speaker)).sorted()
        guard max(real.count, found.count) <= Self.speakerLimit else {
            throw ScoringError(.tooLarge, "a recording of more than \(Self.speakerLimit) speakers is not scored")
        }
        let sweep = ActivitySweep(
            reference: Self.numbered(reference, real), referenceSpeakerCount: real.count,
            hypothesis: Self.numbered(hypothesis, found), hypothesisSpeakerCount: found.count,
            regions: regions ?? Self.extent(reference + hypothesis), collarSeconds: collarSeconds,
            skipsOverlap: skipsOverlap)
        return Self.score(sweep, real, found)
    }

    private static func score(_ sweep: ActivitySweep, _ real: [String], _ found: [String]) -> DiarizationScore {
        let partners = LinearAssignment.maximize(sweep.pairs.map { $0.map(\.cooccurrence) })
        var errors = DiarizationErrors()
        var speakers: [DiarizationScore.Speaker] = []
        var isPaired = Array(repeating: false, count: found.count)
        for (row, name) in real.enumerated() where sweep.referenceSeconds[row] > 0 {
            var speaker = DiarizationScore.Speaker(
                reference: name, hypothesis: nil, referenceSeconds: sweep.referenceSeconds[row], hypothesisSeconds: 0,
                sharedSeconds: 0)
            if let column = partners[row], sweep.pairs[row][column].cooccurrence > 0 {
                isPaired[column] = true
                speaker.hypothesis = found[column]
                speaker.hypothesisSeconds = sweep.hypothesisSeconds[column]
                speaker.sharedSeconds = sweep.pairs[row][column].shared
                errors.correctSeconds += sweep.pairs[row][column].correct
            }
            speakers.append(speaker)
        }
        for (column, name) in found.enumerated() where !isPaired[column] && sweep.hypothesisSeconds[column] > 0 {
            speakers.append(
                DiarizationScore.Speaker(
                    reference: nil, hypothesis: name, referenceSeconds: 0,
                    hypothesisSeconds: sweep.hypothesisSeconds[column], sharedSeconds: 0))
        }
        errors.totalSeconds = sweep.totalSeconds
        errors.missSeconds = sweep.missSeconds
        errors.falseAlarmSeconds = sweep.falseAlarmSeconds
        errors.confusionSeconds = max(0, sweep.commonSeconds - errors.correctSeconds)
        return DiarizationScore(scoredSeconds: sweep.scoredSeconds, errors: errors, speakers: speakers)
    }

    private static func numbered(_ turns: [SpeakerTurn], _ names: [String]) -> [(span: TimeSpan, speaker: Int)] {
        let numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        return turns.compactMap { turn in numbers[turn.speaker].map { (turn.span, $0) } }
    }

    private static func extent(_ turns: [SpeakerTurn]) -> [TimeSpan] {
        guard let start = turns.map(\.span.startSeconds).min(), let end = turns.map(\.span.endSeconds).max() else {
            return []
        }
        return [TimeSpan(startSeconds: start, endSeconds: end)]
    }
}
