/// Something that works in batches and says how full they are: a loaded recogniser, for one.
public protocol BatchReporting: Sendable {
    /// How its batches fill; nil when it does not work in batches after all.
    var batching: BatchSchedulerStatus? { get }
}

/// How the batches of one model fill, and what waits.
public struct BatchSchedulerStatus: Sendable, Hashable {
    /// One executor of batches, usually a device.
    public struct Replica: Sendable, Hashable {
        /// Rows of the batch that is being executed; 0 when it waits for work.
        public var runningRows: Int
        /// Batches that were executed to their end.
        public var batchCount: Int
        /// Time spent in executing them.
        public var busyTime: Duration

        /// Whether a batch is being executed.
        public var isBusy: Bool { runningRows > 0 }

        /// Makes a replica's status.
        public init(runningRows: Int = 0, batchCount: Int = 0, busyTime: Duration = .zero) {
            self.runningRows = runningRows
            self.batchCount = batchCount
            self.busyTime = busyTime
        }
    }

    /// Whose batches they are.
    public var name: String
    /// Most rows in a batch.
    public var maximumBatch: Int
    /// Rows that wait.
    public var queuedRows: Int
    /// Most rows that may wait.
    public var maximumQueued: Int
    /// How long the row that waits longest has waited; nil when none waits.
    public var oldestWait: Duration?
    /// How many batches had one row, two rows and so on, since the start; as long as ``maximumBatch``.
    public var batchesByRows: [Int]
    /// The executors.
    public var replicas: [Replica]

    /// Rows in batches that are being executed.
    public var runningRows: Int { replicas.reduce(0) { $0 + $1.runningRows } }
    /// Batches begun so far.
    public var batchCount: Int { batchesByRows.reduce(0, +) }
    /// Rows in the batches begun so far.
    public var rowCount: Int { batchesByRows.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element } }
    /// Mean rows of a batch over ``maximumBatch``, 0...1; 0 before the first batch.
    public var meanFill: Double {
        batchCount == 0 ? 0 : Double(rowCount) / Double(batchCount * max(1, maximumBatch))
    }

    /// Makes a status.
    public init(
        name: String, maximumBatch: Int, queuedRows: Int = 0, maximumQueued: Int, oldestWait: Duration? = nil,
        batchesByRows: [Int], replicas: [Replica]
    ) {
        self.name = name
        self.maximumBatch = maximumBatch
        self.queuedRows = queuedRows
        self.maximumQueued = maximumQueued
        self.oldestWait = oldestWait
        self.batchesByRows = batchesByRows
        self.replicas = replicas
    }
}
