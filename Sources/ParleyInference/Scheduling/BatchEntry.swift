public import ParleyCore

/// A piece of work in a batch.
public struct BatchEntry<Job: Sendable>: Sendable {
    /// The work.
    public let job: Job
    /// Set when nobody wants its result any more; its outcome is dropped then, whatever it is.
    public let cancellation: CancellationFlag
}

/// What became of a piece of work after a batch.
public enum BatchOutcome<Job: Sendable, Bucket: Hashable & Sendable, Output: Sendable>: Sendable {
    /// It is done.
    case finished(Output)
    /// It failed, and nothing else did.
    case failed(any Error)
    /// It goes back into the queue with the same request and priority, ahead of the request's work that has not
    /// begun, and stays with the replica that it was on.
    case again(Job, Bucket)
}
