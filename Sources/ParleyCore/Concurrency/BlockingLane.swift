import Foundation
import Synchronization

/// Threads of their own for calls that block: decoding, inference, disk.
///
/// The cooperative pool has as many threads as the machine has cores, so one blocking call there stalls unrelated
/// requests. A lane has its own threads and a bounded queue; work runs in order of arrival. Threads start with the
/// lane and end when it is released.
public final class BlockingLane: Sendable {
    /// Thrown when the lane's queue is full.
    public struct Full: Error, Sendable {
        /// The lane's name.
        public let lane: String
    }

    private let core: Core
    private let maximumQueued: Int

    /// Starts the threads.
    /// - Parameters:
    ///   - name: Shown by debuggers and `top -H`; at most 15 bytes are visible.
    ///   - threadCount: Calls that may block at the same time, at least 1.
    ///   - maximumQueued: Calls that may wait for a thread; further ones throw ``Full``. Default 1,024.
    public init(name: String, threadCount: Int = 1, maximumQueued: Int = 1_024) {
        core = Core(name: name)
        self.maximumQueued = maximumQueued
        for index in 0..<max(1, threadCount) {
            let thread = Thread { [core] in core.work() }
            thread.name = threadCount > 1 ? "\(name)-\(index)" : name
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    deinit { core.close() }

    /// Runs a blocking body on the lane and suspends the caller until it returns.
    ///
    /// A task that is already cancelled throws `CancellationError` without running; a running body is not
    /// interrupted, so a long one has to watch for cancellation itself.
    /// - Throws: what the body throws, ``Full``, or `CancellationError`.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            let accepted = core.submit(limit: maximumQueued) {
                continuation.resume(with: Result { try body() })
            }
            if !accepted { continuation.resume(throwing: Full(lane: core.name)) }
        }
    }

    /// The state that the threads share; it outlives the lane until the last thread has left.
    private final class Core: Sendable {
        let name: String
        private let state = Mutex(State())
        private let available = DispatchSemaphore(value: 0)

        private struct State {
            /// A job that was taken leaves nil, so that what it holds is not held by the queue too.
            var jobs: [(@Sendable () -> Void)?] = []
            var head = 0
            var isClosed = false
        }

        init(name: String) { self.name = name }

        func submit(limit: Int, _ job: @escaping @Sendable () -> Void) -> Bool {
            let accepted = state.withLock { state in
                guard state.jobs.count - state.head < limit else { return false }
                state.jobs.append(job)
                return true
            }
            if accepted { available.signal() }
            return accepted
        }

        func close() {
            state.withLock { $0.isClosed = true }
            available.signal()
        }

        func work() {
            while true {
                available.wait()
                let job: (@Sendable () -> Void)? = state.withLock { state in
                    guard state.head < state.jobs.count else { return nil }
                    let job = state.jobs[state.head]
                    state.jobs[state.head] = nil
                    state.head += 1
                    if state.head > 64, state.head * 2 > state.jobs.count {
                        state.jobs.removeFirst(state.head)
                        state.head = 0
                    }
                    return job
                }
                if let job {
                    job()
                } else if state.withLock({ $0.isClosed }) {
                    available.signal()  // wake the next thread so that it leaves too
                    return
                }
            }
        }
    }
}
