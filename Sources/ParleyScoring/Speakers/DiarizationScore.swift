/// Seconds of speaker time by how they were answered.
///
/// Where two people talk, a second counts twice.
public struct DiarizationErrors: Sendable, Hashable {
    /// Speaker time of the reference.
    public var totalSeconds = 0.0
    /// Given to the right speaker.
    public var correctSeconds = 0.0
    /// Not given to anybody.
    public var missSeconds = 0.0
    /// Given to somebody where the reference has nobody, or fewer speakers.
    public var falseAlarmSeconds = 0.0
    /// Given to the wrong speaker.
    public var confusionSeconds = 0.0

    /// No time.
    public init() {}

    /// Diarization error rate: miss, false alarm and confusion over the total; may exceed 1.
    ///
    /// Without speech in the reference it is 0 when nothing is wrong, else 1, as in `pyannote.metrics`.
    public var rate: Double {
        let errors = missSeconds + falseAlarmSeconds + confusionSeconds
        guard totalSeconds > 0 else { return errors > 0 ? 1 : 0 }
        return errors / totalSeconds
    }

    /// The sums of both.
    public static func + (left: DiarizationErrors, right: DiarizationErrors) -> DiarizationErrors {
        var sum = left
        sum.totalSeconds += right.totalSeconds
        sum.correctSeconds += right.correctSeconds
        sum.missSeconds += right.missSeconds
        sum.falseAlarmSeconds += right.falseAlarmSeconds
        sum.confusionSeconds += right.confusionSeconds
        return sum
    }
}

/// How well a hypothesis says who spoke when.
public struct DiarizationScore: Sendable, Hashable {
    /// A pair of speakers; nil where one has no partner.
    public struct Speaker: Sendable, Hashable {
        /// Name in the reference.
        public var reference: String?
        /// Name in the hypothesis.
        public var hypothesis: String?
        /// Seconds in which the speaker of the reference talks.
        public var referenceSeconds: Double
        /// Seconds in which the speaker of the hypothesis talks.
        public var hypothesisSeconds: Double
        /// Seconds in which both do.
        public var sharedSeconds: Double

        /// 1 - shared over union; 1 without a partner, nil for a speaker whom the reference does not have.
        public var jaccardErrorRate: Double? {
            guard reference != nil else { return nil }
            guard hypothesis != nil else { return 1 }
            return 1 - sharedSeconds / (referenceSeconds + hypothesisSeconds - sharedSeconds)
        }
    }

    /// Seconds of the recording that were scored.
    public var scoredSeconds: Double
    /// Sums over the scored regions.
    public var errors: DiarizationErrors
    /// Everyone who talks in the scored regions: speakers of the reference by name, then the rest by name.
    public var speakers: [Speaker]
}

extension Sequence<DiarizationScore> {
    /// Sums over recordings.
    public var summedErrors: DiarizationErrors { reduce(DiarizationErrors()) { $0 + $1.errors } }

    /// Jaccard error rate: the mean over all speakers of the reference.
    ///
    /// After N. Ryant et al., second DIHARD challenge (2019). 1 without speakers in the reference, as in `pyannote.metrics`.
    public var jaccardErrorRate: Double {
        let rates = flatMap { $0.speakers.compactMap(\.jaccardErrorRate) }
        return rates.isEmpty ? 1 : rates.reduce(0, +) / Double(rates.count)
    }
}
