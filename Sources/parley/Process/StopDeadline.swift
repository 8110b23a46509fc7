import Synchronization

/// How long a command may take to stop after the first signal before the process ends without it.
final class StopDeadline: Sendable {
    private let value = Mutex(Duration.milliseconds(700))

    /// The time in force.
    var current: Duration { value.withLock { $0 } }

    /// Gives a command that drains the time that it needs.
    func extend(to duration: Duration) { value.withLock { $0 = max($0, duration) } }
}
