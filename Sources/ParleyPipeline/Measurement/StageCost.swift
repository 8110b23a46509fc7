/// What a stage did with a recording and what that took.
public struct StageCost: Sendable, Hashable {
    /// The parts of the work that are measured.
    public enum Stage: String, Sendable, CaseIterable {
        /// From the file's bytes to 16 kHz mono.
        case decoding
        /// Speech probabilities, and windows cut at pauses.
        case speechDetection = "speech detection"
        /// Words of every window.
        case recognition
        /// Local speakers and their voices: segmentation and speaker embeddings.
        case speakerAnalysis = "speaker analysis"
        /// One decision over the recording who is who, and the turns.
        case clustering
        /// Words joined to speakers, and segments.
        case join
        /// All of it in the pipeline, stages side by side.
        case whole
    }

    /// What was measured.
    public var stage: Stage
    /// Seconds of audio that the stage was given; recognition gets speech only.
    public var audioSeconds: Double
    /// Processor time of all threads.
    public var cpuSeconds: Double
    /// Time that passed.
    public var wallSeconds: Double

    /// Makes a cost.
    public init(stage: Stage, audioSeconds: Double, cpuSeconds: Double, wallSeconds: Double) {
        self.stage = stage
        self.audioSeconds = audioSeconds
        self.cpuSeconds = cpuSeconds
        self.wallSeconds = wallSeconds
    }
}
