import Foundation
import Synchronization

/// SIGINT and SIGTERM, taken on the main thread.
///
/// The signals are blocked in every thread and fetched with `sigwait`, so that the reaction may use locks and memory,
/// which a signal handler must not.
final class StopSignals: Sendable {
    private let received = Mutex<[Int32]>([])

    /// Blocks the signals for this thread and all threads that it starts from now on.
    ///
    /// Call on the main thread before any other thread exists: a signal goes to any thread that does not block it.
    /// For the same reason the main thread must not become the main queue's, which Dispatch lets wait with all
    /// signals unblocked; it is to call ``wait()`` instead.
    init() {
        signal(SIGPIPE, SIG_IGN)
        // Shells start background jobs with SIGINT ignored; an ignored signal would never arrive.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        var blocked = Self.set
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
    }

    /// Waits for the next signal.
    /// - Returns: The signal and its running number from 1.
    func wait() -> (signal: Int32, count: Int) {
        var set = Self.set
        var number: Int32 = 0
        while sigwait(&set, &number) != 0 {}
        return received.withLock { received in
            received.append(number)
            return (number, received.count)
        }
    }

    /// The first signal that came.
    var first: Int32? { received.withLock { $0.first } }

    /// The exit code that says which signal ended the process.
    static func exitCode(_ signal: Int32) -> ExitCode { signal == SIGTERM ? .terminated : .interrupted }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }
}
