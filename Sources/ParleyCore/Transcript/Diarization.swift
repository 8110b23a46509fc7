/// Who spoke when in a recording, without the words.
public struct Diarization: Sendable, Hashable {
    /// Length of the decoded recording in seconds.
    public var durationSeconds: Double
    /// Names in order of first appearance.
    public var speakers: [String]
    /// Turns in order of time; different speakers' turns may overlap.
    public var turns: [SpeakerTurn]
    /// The same with one speaker at a time.
    public var exclusiveTurns: [SpeakerTurn]

    /// Makes a result.
    public init(
        durationSeconds: Double, speakers: [String], turns: [SpeakerTurn], exclusiveTurns: [SpeakerTurn] = []
    ) {
        self.durationSeconds = durationSeconds
        self.speakers = speakers
        self.turns = turns
        self.exclusiveTurns = exclusiveTurns
    }

    /// The turns of an activity.
    public init(_ activity: SpeakerActivity, durationSeconds: Double) {
        self.init(
            durationSeconds: durationSeconds, speakers: activity.speakers, turns: activity.turns,
            exclusiveTurns: activity.exclusiveTurns)
    }
}
