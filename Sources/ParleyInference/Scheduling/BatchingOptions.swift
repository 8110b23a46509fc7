/// How pieces of work of all requests are gathered into batches.
public struct BatchingOptions: Sendable, Hashable {
    /// Most rows in a batch, at least 1.
    ///
    /// Default 8.
    public var maximumBatch: Int
    /// How long a batch that is not full waits for more rows while the device is idle.
    ///
    /// Default 5 ms.
    public var maximumWait: Duration

    /// Makes options.
    public init(maximumBatch: Int = 8, maximumWait: Duration = .milliseconds(5)) {
        self.maximumBatch = max(1, maximumBatch)
        self.maximumWait = max(.zero, maximumWait)
    }
}
