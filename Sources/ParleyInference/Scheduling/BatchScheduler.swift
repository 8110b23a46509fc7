import Dispatch
import Foundation
public import ParleyCore
import Synchronization

/// Gathers the work of all requests on one model into batches and has its replicas execute them.
///
/// One queue; one thread for each replica, which takes the next batch as soon as it is free. ``BatchQueue`` has the
/// rules: priorities, turns of the requests, buckets, longest wait. The threads end when the scheduler is let go and
/// their batch is done.
public final class BatchScheduler<Job: Sendable, Bucket: Hashable & Sendable, Output: Sendable>: Sendable {
    /// What became of a job after a batch.
    public typealias Outcome = BatchOutcome<Job, Bucket, Output>

    /// Executes a batch of one bucket; blocking, on the replica's own thread.
    ///
    /// Returns one outcome for each entry, in order. `cancellation` is set when every entry of the batch is cancelled.
    public typealias Execute =
        @Sendable (_ batch: [BatchEntry<Job>], _ bucket: Bucket, _ cancellation: CancellationFlag) -> [Outcome]

    private let core: BatchCore<Job, Bucket, Output>

    /// Starts the threads.
    /// - Parameters:
    ///   - name: The model's name, for threads and errors.
    ///   - options: How batches are gathered.
    ///   - maximumQueued: Jobs that may wait, at least 1; further ones are refused.
    ///   - replicas: The executors, one for each device that holds the model; at least one.
    public init(name: String, options: BatchingOptions, maximumQueued: Int = 4_096, replicas: [Execute]) {
        core = BatchCore(
            name: name, options: options, maximumQueued: max(1, maximumQueued), replicaCount: replicas.count)
        for (index, execute) in replicas.enumerated() {
            let thread = Thread { [core] in core.work(replica: index, execute: execute) }
            thread.name = replicas.count > 1 ? "\(name.prefix(12))-\(index)" : String(name.prefix(15))
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    deinit { core.close() }

    /// Runs a job in one of the next batches.
    ///
    /// When the task is cancelled, a job that waits leaves the queue; one that is being executed has its flag set, and
    /// what becomes of it is dropped. The caller need not wait for either.
    /// - Parameters:
    ///   - job: The work.
    ///   - bucket: Only jobs of one bucket share a batch.
    ///   - request: Whose work it is; requests of one priority take turns.
    ///   - priority: More urgent work goes first.
    /// - Throws: what the executor says of this job, ``AdmissionError/queueFull(retryAfter:)``, `CancellationError`, or
    ///   ``InferenceError`` with `runFailed` when the executor gave no outcome.
    public func run(_ job: Job, bucket: Bucket, request: RequestID, priority: WorkPriority) async throws -> Output {
        let id = core.newID()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                core.submit(
                    BatchQueue<Job, Bucket>.Row(
                        id: id, job: job, bucket: bucket, request: request, priority: priority, replica: nil,
                        queuedAt: .now),
                    continuation)
            }
        } onCancel: {
            core.cancel(id)
        }
    }

    /// How its batches fill, and what waits.
    public var status: BatchSchedulerStatus { core.status }
}
