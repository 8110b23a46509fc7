import Foundation
import Synchronization

/// SIGINT and SIGTERM, taken on a thread of their own.
///
/// The signals are blocked in every thread and fetched with `sigwait`, so that the reaction may use locks and memory,
/// which a signal handler must not.
final class StopSignals: Sendable {
    private let received = Mutex<[Int32]>([])

    /// Blocks the signals for this thread and all threads that it starts, and begins to wait for them.
    ///
    /// Call before any other thread exists.
    /// - Parameter react: Called on the waiting thread with the signal and its running number from 1.
    init(react: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
        signal(SIGPIPE, SIG_IGN)
        var blocked = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGINT)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        let set = blocked
        let thread = Thread { @Sendable [self] in
            var set = set
            while true {
                var number: Int32 = 0
                guard sigwait(&set, &number) == 0 else { continue }
                let count = received.withLock { received in
                    received.append(number)
                    return received.count
                }
                react(number, count)
            }
        }
        thread.name = "parley-signals"
        thread.start()
    }

    /// The first signal that came.
    var first: Int32? { received.withLock { $0.first } }

    /// The exit code that says which signal ended the process.
    static func exitCode(_ signal: Int32) -> ExitCode { signal == SIGTERM ? .terminated : .interrupted }
}
