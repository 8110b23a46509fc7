import ParleyCore

/// Rows that wait for a batch, and the rules that choose between them; a plain value that knows no thread or clock.
///
/// - The most urgent priority leads. A priority that ``agingBound`` batches in a row have passed over leads once.
/// - Within a priority leads the request with the fewest rows at work, of these the one whose last row was begun or
///   ended longest ago. So a request that comes while a batch of another is at work is in the next one.
/// - Within a request: rows that were begun before, then the others, each in order.
/// - The leading row's bucket decides the batch. It is filled with rows of the same bucket, by the same rules.
/// - A batch that is not full waits until its oldest row has waited for the longest wait, unless another one is ready:
///   then the device must not idle, and the leading one goes as it is.
struct BatchQueue<Job: Sendable, Bucket: Hashable & Sendable> {
    typealias Instant = ContinuousClock.Instant

    /// A piece of work that waits.
    struct Row: Sendable {
        /// Grows from row to row.
        let id: UInt64
        var job: Job
        var bucket: Bucket
        let request: RequestID
        let priority: WorkPriority
        /// The only replica that may take it; nil for rows that have not begun.
        var replica: Int?
        /// When it came, or came back.
        var queuedAt: Instant
    }

    /// What a free replica is to do.
    enum Decision {
        /// Execute these, at least one; they are out of the queue and count as running until ``end(_:)``.
        case run([Row], Bucket)
        /// Ask again at this time, or when a row has come.
        case wait(until: Instant)
        /// Ask again when a row has come.
        case idle
    }

    /// Batches in a row that may pass over a priority while it has work for the replica.
    static var agingBound: Int { 16 }

    private let options: BatchingOptions
    private var classes = WorkPriority.allCases.map { _ in PriorityClass<Job, Bucket>() }
    /// The line of each queued row.
    private var places: [UInt64: RequestLine<Job, Bucket>] = [:]
    /// Queued rows of each kind.
    private var counts: [RowKind<Bucket>: Int] = [:]
    private var lastStamp: UInt64 = 0

    init(options: BatchingOptions) { self.options = options }

    /// Rows that wait.
    var count: Int { places.count }

    /// When the row that waits longest was queued.
    var oldest: Instant? {
        classes.lazy.flatMap(\.lines).flatMap(\.kinds).compactMap { $0.rows.first?.queuedAt }.min()
    }

    /// Adds a row.
    mutating func add(_ row: Row) {
        let stamp = nextStamp()
        let line = classes[row.priority.rawValue].line(of: row.request, stamp: stamp)
        let kind = RowKind(bucket: row.bucket, replica: row.replica)
        line.append(row, kind: kind)
        places[row.id] = line
        counts[kind, default: 0] += 1
    }

    /// Takes a row out that nobody wants any more; nil when it does not wait.
    mutating func remove(_ id: UInt64) -> Row? {
        guard let line = places.removeValue(forKey: id), let row = line.remove(id) else { return nil }
        hasLeft(row)
        classes[row.priority.rawValue].dropIfUnused(line)
        return row
    }

    /// What a replica that is free is to do.
    mutating func next(for replica: Int, now: Instant) -> Decision {
        guard let lead = lead(for: replica) else { return .idle }
        let isFull = rowCount(of: lead.bucket, for: replica) >= options.maximumBatch
        if !isFull, let deadline = deadline(for: replica), deadline > now { return .wait(until: deadline) }
        return .run(takeBatch(led: lead, for: replica), lead.bucket)
    }

    /// The rows of a batch are done; those that go on have been added again before.
    mutating func end(_ rows: [Row]) {
        for row in rows {
            guard let line = classes[row.priority.rawValue].line(of: row.request) else { continue }
            line.runningCount -= 1
            line.stamp = nextStamp()
            classes[row.priority.rawValue].dropIfUnused(line)
        }
    }

    /// Takes everything out.
    mutating func removeAll() {
        classes = WorkPriority.allCases.map { _ in PriorityClass() }
        places = [:]
        counts = [:]
    }

    // MARK: - Choosing

    private struct Lead {
        let priority: Int
        let line: RequestLine<Job, Bucket>
        let kind: RowKind<Bucket>
        var bucket: Bucket { kind.bucket }
    }

    private func lead(for replica: Int) -> Lead? {
        let aged = classes.indices.filter { classes[$0].passedOver >= Self.agingBound }
            .sorted { classes[$0].passedOver > classes[$1].passedOver }
        for priority in aged + classes.indices {
            let ready = classes[priority].lines.lazy.filter { $0.firstKind(for: replica) != nil }
            if let line = ready.min(by: { $0.comesBefore($1) }), let kind = line.firstKind(for: replica) {
                return Lead(priority: priority, line: line, kind: kind)
            }
        }
        return nil
    }

    private func rowCount(of bucket: Bucket, for replica: Int) -> Int {
        counts[RowKind(bucket: bucket, replica: nil), default: 0]
            + counts[RowKind(bucket: bucket, replica: replica), default: 0]
    }

    /// When the first batch for a replica stops waiting for more rows; nil when one is full.
    private func deadline(for replica: Int) -> Instant? {
        let kinds = counts.keys.lazy.filter { $0.suits(replica) }
        if kinds.contains(where: { rowCount(of: $0.bucket, for: replica) >= options.maximumBatch }) { return nil }
        // No kind is full, so there are few rows to look at.
        let oldest = classes.lazy.flatMap(\.lines).flatMap(\.kinds).filter { $0.kind.suits(replica) }
            .compactMap { $0.rows.first?.queuedAt }.min()
        return oldest?.advanced(by: options.maximumWait)
    }

    private mutating func takeBatch(led lead: Lead, for replica: Int) -> [Row] {
        let waiting = classes.indices.filter { classes[$0].lines.contains { $0.firstKind(for: replica) != nil } }
        var rows: [Row] = []
        take(lead.kind, of: lead.line, into: &rows)
        for priority in classes.indices {
            var lines = classes[priority].lines.filter { $0.firstKind(for: replica, bucket: lead.bucket) != nil }
            while rows.count < options.maximumBatch,
                let index = lines.indices.min(by: { lines[$0].comesBefore(lines[$1]) })
            {
                let line = lines[index]
                guard let kind = line.firstKind(for: replica, bucket: lead.bucket) else {
                    lines.remove(at: index)
                    continue
                }
                take(kind, of: line, into: &rows)
            }
        }
        for priority in waiting {
            let isServed = rows.contains { $0.priority.rawValue == priority }
            classes[priority].passedOver = isServed ? 0 : classes[priority].passedOver + 1
        }
        return rows
    }

    private mutating func take(_ kind: RowKind<Bucket>, of line: RequestLine<Job, Bucket>, into rows: inout [Row]) {
        guard let row = line.removeFirst(of: kind) else { return }
        line.runningCount += 1
        line.stamp = nextStamp()
        places[row.id] = nil
        hasLeft(row)
        rows.append(row)
    }

    private mutating func hasLeft(_ row: Row) {
        let kind = RowKind(bucket: row.bucket, replica: row.replica)
        counts[kind, default: 0] -= 1
        if counts[kind, default: 0] <= 0 { counts[kind] = nil }
    }

    private mutating func nextStamp() -> UInt64 {
        lastStamp += 1
        return lastStamp
    }
}

/// What decides which batches a row can be in.
struct RowKind<Bucket: Hashable & Sendable>: Hashable, Sendable {
    let bucket: Bucket
    /// The only replica that may take it; nil for any.
    let replica: Int?

    func suits(_ replica: Int) -> Bool { self.replica == nil || self.replica == replica }
}
