import CWebSockets
import Dispatch
import Foundation
import Synchronization

/// The one thread on which libwebsockets and all connection state live, as an executor for actors.
///
/// libwebsockets (as Debian builds it) is single-threaded: every call into it, except the one that wakes it, is made
/// on this thread. Actors with this executor run their jobs between two rounds of the loop, so their code may call the
/// library, and callbacks of the library may enter them with `assumeIsolated`.
final class EventLoop: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The library's context while it can be woken, as a number because pointers are not `Sendable`.
        var context: UInt?
        var isWakePending = false
        var isStopping = false
        var hasEnded = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
        /// The thread that is the loop now.
        var thread: pthread_t?
    }
    private let state = Mutex(State())
    /// Runs the jobs of actors that outlive the loop, so that their callers never wait for ever.
    private let afterlife = DispatchQueue(label: "http-after")

    /// Starts the thread and suspends until the library is up.
    /// - Parameters:
    ///   - maximumSockets: How many sockets the library has to hold.
    ///   - acceptor: Gets the events; the thread keeps it until ``stop()``.
    ///   - descriptor: The listening socket, which the library closes.
    func start(maximumSockets: Int, acceptor: Acceptor, listening descriptor: CInt) async throws(HTTPServerError) {
        let isUp = await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                run(maximumSockets: maximumSockets, acceptor: acceptor, listening: descriptor) {
                    continuation.resume(returning: $0)
                }
            }
            thread.name = "http"
            thread.stackSize = 1 << 20
            thread.start()
        }
        guard isUp else { throw HTTPServerError(.libraryFailed, "The HTTP library could not be started.") }
    }

    /// Ends the loop after the current round and suspends until the library is closed; open sockets are closed.
    func stop() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.hasEnded { return true }
                state.isStopping = true
                state.stopWaiters.append(continuation)
                Self.wake(&state)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: SerialExecutor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let hasEnded = state.withLock { state in
            if state.hasEnded { return true }
            state.jobs.append(job)
            Self.wake(&state)
            return false
        }
        if hasEnded { runLate(job) }
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the HTTP thread")
    }

    func isIsolatingCurrentContext() -> Bool? {
        state.withLock { $0.thread == pthread_self() }
    }

    // MARK: The thread

    private func run(
        maximumSockets: Int, acceptor: Acceptor, listening descriptor: CInt, started: (Bool) -> Void
    ) {
        state.withLock { $0.thread = pthread_self() }
        if let context = ServiceContext(maximumSockets: maximumSockets, acceptor: acceptor) {
            state.withLock { $0.context = context.address }
            let isWatched = acceptor.assumeIsolated { $0.attach(context, listening: descriptor) }
            started(isWatched)
            while isWatched, !state.withLock({ $0.isStopping }) {
                context.serviceOnce()
                runJobs()
            }
            state.withLock { $0.context = nil }
            acceptor.assumeIsolated { $0.detach() }
        } else {
            close(descriptor)
            started(false)
        }
        end()
    }

    private func runJobs() {
        let jobs = state.withLock { state in
            state.isWakePending = false
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    private func end() {
        let left = state.withLock { state in
            state.hasEnded = true
            state.thread = nil
            defer {
                state.jobs = []
                state.stopWaiters = []
            }
            return (jobs: state.jobs, waiters: state.stopWaiters)
        }
        for job in left.jobs { runLate(job) }
        for waiter in left.waiters { waiter.resume() }
    }

    private func runLate(_ job: UnownedJob) {
        afterlife.async { [self] in
            state.withLock { $0.thread = pthread_self() }
            job.runSynchronously(on: asUnownedSerialExecutor())
            state.withLock { $0.thread = nil }
        }
    }

    /// Called under the lock, which keeps the context alive meanwhile.
    private static func wake(_ state: inout State) {
        guard !state.isWakePending, let context = state.context.flatMap(OpaquePointer.init(bitPattern:)) else { return }
        state.isWakePending = true
        lws_cancel_service(context)
    }
}
