/// How pieces of work of all requests are gathered into batches.
public struct BatchingOptions: Sendable, Hashable {
    /// Most rows in a batch, at least 1.
    ///
    /// Default 16.
    public var maximumBatch: Int
    /// How long a batch that is not full waits for more rows while the device is idle.
    ///
    /// Default 50 ms: little beside the half second that a processor needs to encode a window, and enough for the windows
    /// of a recording to arrive together.
    public var maximumWait: Duration

    /// Makes options.
    public init(maximumBatch: Int = 16, maximumWait: Duration = .milliseconds(50)) {
        self.maximumBatch = max(1, maximumBatch)
        self.maximumWait = max(.zero, maximumWait)
    }
}
