import Dispatch
import ParleyCore
import Synchronization

/// The state that the threads of a scheduler share; it outlives the scheduler until the last thread has left.
final class BatchCore<Job: Sendable, Bucket: Hashable & Sendable, Output: Sendable>: Sendable {
    typealias Scheduler = BatchScheduler<Job, Bucket, Output>
    typealias Queue = BatchQueue<Job, Bucket>
    typealias Continuation = CheckedContinuation<Output, any Error>

    /// Somebody who waits for a job.
    private struct Waiter {
        let continuation: Continuation
        let cancellation: CancellationFlag
        /// Where the job is being executed; nil while it is queued.
        var replica: Int?
    }

    private struct Replica {
        var status = BatchSchedulerStatus.Replica()
        /// Rows of the running batch whose result somebody still wants.
        var wantedRows = 0
        /// Of the running batch.
        var cancellation: CancellationFlag?
        /// Whether its thread waits to be woken.
        var isParked = false
    }

    private struct State {
        var queue: Queue
        var waiters: [UInt64: Waiter] = [:]
        var replicas: [Replica]
        var batchesByRows: [Int]
        var isClosed = false
    }

    /// What a thread is to execute.
    private struct Batch {
        let rows: [Queue.Row]
        let entries: [BatchEntry<Job>]
        let bucket: Bucket
        let cancellation: CancellationFlag
    }

    private enum Step {
        case run(Batch)
        case park(until: ContinuousClock.Instant?)
        case leave
    }

    private let name: String
    private let options: BatchingOptions
    private let maximumQueued: Int
    private let lastID = Atomic<UInt64>(0)
    private let state: Mutex<State>
    /// One for each replica's thread; a signal too many only makes it look again.
    private let wakeups: [DispatchSemaphore]

    init(name: String, options: BatchingOptions, maximumQueued: Int, replicaCount: Int) {
        self.name = name
        self.options = options
        self.maximumQueued = maximumQueued
        wakeups = (0..<replicaCount).map { _ in DispatchSemaphore(value: 0) }
        state = Mutex(
            State(
                queue: Queue(options: options), replicas: Array(repeating: Replica(), count: replicaCount),
                batchesByRows: Array(repeating: 0, count: options.maximumBatch)))
    }

    func newID() -> UInt64 { lastID.add(1, ordering: .relaxed).newValue }

    // MARK: - Callers

    /// Queues a row; the continuation is resumed once, whatever becomes of it.
    func submit(_ row: Queue.Row, _ continuation: Continuation) {
        let refusal = state.withLock { state -> (any Error)? in
            // A cancellation that came before this point found no row to remove, so it is looked for here.
            if Task.isCancelled { return CancellationError() }
            if state.isClosed || wakeups.isEmpty { return unloaded }
            guard state.queue.count < maximumQueued else { return AdmissionError.queueFull(retryAfter: .seconds(5)) }
            state.waiters[row.id] = Waiter(continuation: continuation, cancellation: CancellationFlag())
            state.queue.add(row)
            wake(&state)
            return nil
        }
        if let refusal { continuation.resume(throwing: refusal) }
    }

    /// Nobody wants the row's result any more.
    func cancel(_ id: UInt64) {
        let (waiter, batch) = state.withLock { state -> (Waiter?, CancellationFlag?) in
            guard let waiter = state.waiters.removeValue(forKey: id) else { return (nil, nil) }
            guard let replica = waiter.replica else {
                _ = state.queue.remove(id)
                return (waiter, nil)
            }
            state.replicas[replica].wantedRows -= 1
            let isWanted = state.replicas[replica].wantedRows > 0
            return (waiter, isWanted ? nil : state.replicas[replica].cancellation)
        }
        waiter?.cancellation.cancel()
        batch?.cancel()
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// Lets the threads end, each after its batch.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            state.queue.removeAll()
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for wakeup in wakeups { wakeup.signal() }
        for waiter in waiters { waiter.continuation.resume(throwing: unloaded) }
    }

    var status: BatchSchedulerStatus {
        state.withLock { state in
            BatchSchedulerStatus(
                name: name, maximumBatch: options.maximumBatch, queuedRows: state.queue.count,
                maximumQueued: maximumQueued, oldestWait: state.queue.oldest.map { $0.duration(to: .now) },
                batchesByRows: state.batchesByRows, replicas: state.replicas.map(\.status))
        }
    }

    private var unloaded: InferenceError { InferenceError(.runFailed, model: name, "The model was unloaded.") }

    private func wake(_ state: inout State) {
        for index in state.replicas.indices where state.replicas[index].isParked {
            state.replicas[index].isParked = false
            wakeups[index].signal()
        }
    }

    // MARK: - Threads

    /// The life of a replica's thread.
    func work(replica: Int, execute: Scheduler.Execute) {
        while executeNext(replica, execute) {}
    }

    /// Executes a batch or waits for work; false when the thread is to end.
    ///
    /// A function of its own so that nothing of a batch is held while the thread waits for the next.
    private func executeNext(_ replica: Int, _ execute: Scheduler.Execute) -> Bool {
        switch nextStep(replica) {
        case .leave: return false
        case .park(let until):
            if let until {
                let wait = ContinuousClock.now.duration(to: until)
                _ = wakeups[replica].wait(timeout: .now() + .nanoseconds(max(0, wait.wholeNanoseconds)))
            } else {
                wakeups[replica].wait()
            }
        case .run(let batch):
            let began = ContinuousClock.now
            let outcomes = execute(batch.entries, batch.bucket, batch.cancellation)
            end(batch, outcomes, replica, time: began.duration(to: .now))
        }
        return true
    }

    private func nextStep(_ replica: Int) -> Step {
        state.withLock { state in
            state.replicas[replica].isParked = false
            if state.isClosed { return .leave }
            switch state.queue.next(for: replica, now: .now) {
            case .run(let rows, let bucket): return .run(begin(rows, bucket, replica, &state))
            case .wait(let until):
                state.replicas[replica].isParked = true
                return .park(until: until)
            case .idle:
                state.replicas[replica].isParked = true
                return .park(until: nil)
            }
        }
    }

    private func begin(_ rows: [Queue.Row], _ bucket: Bucket, _ replica: Int, _ state: inout State) -> Batch {
        let cancellation = CancellationFlag()
        let entries = rows.map { row in
            state.waiters[row.id]?.replica = replica
            // Queued rows have waiters; a flag of its own only completes the expression.
            return BatchEntry(
                job: row.job, cancellation: state.waiters[row.id]?.cancellation ?? CancellationFlag())
        }
        state.replicas[replica].wantedRows = rows.count
        state.replicas[replica].cancellation = cancellation
        state.replicas[replica].status.runningRows = rows.count
        if !rows.isEmpty { state.batchesByRows[min(rows.count, state.batchesByRows.count) - 1] += 1 }
        return Batch(rows: rows, entries: entries, bucket: bucket, cancellation: cancellation)
    }

    private func end(_ batch: Batch, _ outcomes: [Scheduler.Outcome], _ replica: Int, time: Duration) {
        let resumptions = state.withLock { state -> [(Continuation, Result<Output, any Error>)] in
            var resumptions: [(Continuation, Result<Output, any Error>)] = []
            for (index, row) in batch.rows.enumerated() {
                // Without a waiter it was cancelled.
                guard let waiter = state.waiters[row.id] else { continue }
                let outcome = index < outcomes.count ? outcomes[index] : .failed(missingOutcome(outcomes, batch))
                switch outcome {
                case .finished(let output): resumptions.append((waiter.continuation, .success(output)))
                case .failed(let error): resumptions.append((waiter.continuation, .failure(error)))
                case .again(let job, let bucket):
                    state.waiters[row.id]?.replica = nil
                    state.queue.add(
                        Queue.Row(
                            id: row.id, job: job, bucket: bucket, request: row.request, priority: row.priority,
                            replica: replica, queuedAt: .now))
                    continue
                }
                state.waiters[row.id] = nil
            }
            state.queue.end(batch.rows)
            state.replicas[replica].cancellation = nil
            state.replicas[replica].status.runningRows = 0
            state.replicas[replica].status.batchCount += 1
            state.replicas[replica].status.busyTime += time
            return resumptions
        }
        for (continuation, result) in resumptions { continuation.resume(with: result) }
    }

    private func missingOutcome(_ outcomes: [Scheduler.Outcome], _ batch: Batch) -> InferenceError {
        InferenceError(
            .runFailed, model: name, "The model gave no result.",
            underlying: "\(outcomes.count) outcomes for a batch of \(batch.rows.count)")
    }
}

extension Duration {
    /// Nanoseconds, without fractions of one.
    fileprivate var wholeNanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue)
            + Int(attoseconds / 1_000_000_000)
    }
}
