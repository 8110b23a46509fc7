import ParleyCore

/// How a streaming Sortformer goes through its audio, in frames of 80 ms.
///
/// The combinations that its authors publish on the model's card (nvidia/diar_streaming_sortformer_4spk-v2).
public struct SortformerSettings: Sendable, Hashable {
    /// New frames of a step.
    public var chunkFrameCount: Int
    /// Frames after the chunk that are looked at too.
    public var rightContextFrameCount: Int
    /// Length of the queue of recent frames.
    public var queueFrameCount: Int
    /// Frames that leave the queue at a time.
    public var updatePeriodFrameCount: Int
    /// Length of the speaker cache.
    public var cacheFrameCount: Int

    /// Puts settings together.
    public init(
        chunkFrameCount: Int, rightContextFrameCount: Int, queueFrameCount: Int, updatePeriodFrameCount: Int,
        cacheFrameCount: Int
    ) {
        self.chunkFrameCount = chunkFrameCount
        self.rightContextFrameCount = rightContextFrameCount
        self.queueFrameCount = queueFrameCount
        self.updatePeriodFrameCount = updatePeriodFrameCount
        self.cacheFrameCount = cacheFrameCount
    }

    /// 0.32 s.
    public static let ultraLowLatency = SortformerSettings(
        chunkFrameCount: 3, rightContextFrameCount: 1, queueFrameCount: 188, updatePeriodFrameCount: 144,
        cacheFrameCount: 188)
    /// 1.04 s.
    public static let lowLatency = SortformerSettings(
        chunkFrameCount: 6, rightContextFrameCount: 7, queueFrameCount: 188, updatePeriodFrameCount: 144,
        cacheFrameCount: 188)
    /// 10 s.
    public static let highLatency = SortformerSettings(
        chunkFrameCount: 124, rightContextFrameCount: 1, queueFrameCount: 124, updatePeriodFrameCount: 124,
        cacheFrameCount: 188)
    /// 30.4 s.
    public static let veryHighLatency = SortformerSettings(
        chunkFrameCount: 340, rightContextFrameCount: 40, queueFrameCount: 40, updatePeriodFrameCount: 300,
        cacheFrameCount: 188)

    /// All of them, the shortest first.
    static let published = [ultraLowLatency, lowLatency, highLatency, veryHighLatency]

    /// Mel frames in a frame.
    static let subsampling = 8
    /// Length of a frame.
    static let frameSeconds = 0.08

    /// How long after a moment it is decided who spoke then.
    public var latency: Duration { .milliseconds(80 * stepFrameCount) }

    /// Frames that a step sees.
    var stepFrameCount: Int { chunkFrameCount + rightContextFrameCount }

    /// The settings of a model's metadata, with the published ones for what it does not say.
    /// - Throws: ``InferenceError`` with `modelForeign` when a value makes no sense.
    init(metadata: [String: String], model: String) throws(InferenceError) {
        func number(_ key: String, _ range: ClosedRange<Int>, _ published: Int) throws(InferenceError) -> Int {
            guard let text = metadata[key] else { return published }
            guard let value = Int(text), range.contains(value) else {
                throw InferenceError(
                    .modelForeign, model: model, "The diarization model's metadata '\(key)' makes no sense.")
            }
            return value
        }
        let published = Self.highLatency
        chunkFrameCount = try number("chunk_len", 1...2_000, published.chunkFrameCount)
        rightContextFrameCount = try number("right_context", 0...500, published.rightContextFrameCount)
        queueFrameCount = try number("fifo_len", 0...2_000, published.queueFrameCount)
        cacheFrameCount = try number("spkcache_len", 16...2_000, published.cacheFrameCount)
        updatePeriodFrameCount = try number("spkcache_update_period", 1...2_000, published.updatePeriodFrameCount)
    }
}
