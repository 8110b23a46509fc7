import Foundation
import ParleyCore

/// How often and how soon something is tried again that may go well the next time.
public struct RetryPolicy: Sendable, Hashable {
    /// Tries that bring nothing, in a row, before it is given up.
    public var attempts = 5
    /// Wait before the second try; each later one is twice as long, up to ``longestDelay``.
    public var firstDelay = Duration.milliseconds(500)
    /// The longest wait that is accepted, also when the hub names one.
    public var longestDelay = Duration.seconds(120)
    /// A connection that brings less than 1 KiB a second for this long is given up; whole seconds.
    public var stallSeconds = 30

    /// The defaults.
    public init() {}

    /// The wait before another try; nil when there is to be none.
    /// - Parameter failures: Tries in a row that brought nothing, at least 1.
    func delay(after error: any Error, failures: Int) -> Duration? {
        guard let error = error as? HubError, error.isTransient, failures < attempts else { return nil }
        let own = firstDelay * (1 << min(failures - 1, 16))
        let wanted = error.retryAfter ?? .zero
        guard wanted <= longestDelay else { return nil }
        return max(wanted, min(own, .seconds(30)))
    }

    /// Sleeps on this thread, in steps that a cancellation can end.
    static func wait(_ delay: Duration, _ cancellation: CancellationFlag) throws {
        let end = ContinuousClock.now + delay
        while ContinuousClock.now < end {
            try cancellation.check()
            let left = ContinuousClock.now.duration(to: end)
            let step = min(left, .milliseconds(50))
            Thread.sleep(forTimeInterval: Double(step.components.attoseconds) * 1e-18)
        }
        try cancellation.check()
    }
}
