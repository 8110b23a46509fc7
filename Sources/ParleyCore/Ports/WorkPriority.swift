import Synchronization

/// How urgent a piece of work is; more urgent work of all requests goes first.
public enum WorkPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Someone watches the words appear.
    case live
    /// Someone waits for the answer.
    case interactive
    /// Nobody waits: jobs.
    case batch

    /// More urgent work comes before less urgent work.
    public static func < (one: WorkPriority, other: WorkPriority) -> Bool { one.rawValue < other.rawValue }
}

/// Tells the work of one request from that of another, so that all get their turn.
public struct RequestID: Sendable, Hashable {
    private static let last = Atomic<UInt64>(0)
    /// Grows from request to request within the process.
    public let number: UInt64

    /// A new request.
    public init() { number = Self.last.add(1, ordering: .relaxed).newValue }
}
