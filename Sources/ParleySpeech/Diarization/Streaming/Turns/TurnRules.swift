/// How posteriors become turns.
public struct TurnRules: Sendable, Hashable {
    /// Posterior at which a turn begins, 0...1.
    public var onset: Float
    /// Posterior below which it ends, 0...1.
    public var offset: Float
    /// Added before a turn, in seconds.
    public var leadSeconds: Double
    /// Added after a turn, in seconds.
    public var tailSeconds: Double
    /// Shorter turns are dropped, before pauses are closed.
    public var shortestTurnSeconds: Double
    /// Shorter pauses of one speaker are part of the turn.
    public var shortestPauseSeconds: Double
    /// Frames of the median filter, odd; 1 for none.
    public var medianFrameCount: Int

    /// Puts rules together.
    public init(
        onset: Float, offset: Float, leadSeconds: Double = 0, tailSeconds: Double = 0, shortestTurnSeconds: Double,
        shortestPauseSeconds: Double, medianFrameCount: Int = 1
    ) {
        self.onset = onset
        self.offset = offset
        self.leadSeconds = leadSeconds
        self.tailSeconds = tailSeconds
        self.shortestTurnSeconds = shortestTurnSeconds
        self.shortestPauseSeconds = shortestPauseSeconds
        self.medianFrameCount = max(1, medianFrameCount | 1)
    }

    /// Those of offline diarization (``ActivityReconstruction``).
    static let tracker = TurnRules(onset: 0.5, offset: 0.4, shortestTurnSeconds: 0.1, shortestPauseSeconds: 0.3)

    /// Telephone conversations: tuned by Sortformer's authors on CALLHOME part 1 (NeMo,
    /// `diar_streaming_sortformer_4spk-v2_callhome-part1.yaml`), after a median of 11 frames.
    public static let callhome = TurnRules(
        onset: 0.641, offset: 0.561, leadSeconds: 0.229, tailSeconds: 0.079, shortestTurnSeconds: 0.511,
        shortestPauseSeconds: 0.296, medianFrameCount: 11)

    /// Recordings of all kinds: tuned by Sortformer's authors on DIHARD 3 (NeMo,
    /// `diar_streaming_sortformer_4spk-v2_dihard3-dev.yaml`), after a median of 11 frames.
    ///
    /// An offset of 1 ends a stretch with every frame; the pause rule puts the frames together again.
    public static let dihard3 = TurnRules(
        onset: 0.56, offset: 1.0, leadSeconds: 0.063, tailSeconds: 0.002, shortestTurnSeconds: 0.007,
        shortestPauseSeconds: 0.151, medianFrameCount: 11)
}
