public import ParleyCore
import Synchronization

/// A bounded number of requests at work and a bounded waiting line, first come, first served.
public final class BoundedAdmission: Admission {
    /// The bounds.
    public struct Limits: Sendable, Hashable {
        /// Requests at work at the same time, at least 1.
        public var maximumActive: Int
        /// Requests that may wait, at least 0.
        public var maximumQueued: Int
        /// The longest wait.
        public var maximumWait: Duration
        /// What refused clients are told to wait before they try again.
        public var retryAfter: Duration

        /// Makes limits.
        public init(
            maximumActive: Int, maximumQueued: Int = 64, maximumWait: Duration = .seconds(300),
            retryAfter: Duration = .seconds(5)
        ) {
            self.maximumActive = max(1, maximumActive)
            self.maximumQueued = max(0, maximumQueued)
            self.maximumWait = maximumWait
            self.retryAfter = retryAfter
        }
    }

    private typealias Continuation = CheckedContinuation<Void, any Error>

    private struct State {
        var active = 0
        var waiters: [(id: Int, continuation: Continuation)] = []
        var nextID = 0
        var isDraining = false
    }

    private enum Decision {
        case granted
        case refused(any Error)
        case waiting
    }

    private let limits: Limits
    private let sleep: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())

    /// Makes an admission without anybody in it.
    /// - Parameters:
    ///   - limits: The bounds.
    ///   - sleep: How the longest wait is measured; replaced in tests.
    public init(
        limits: Limits,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.limits = limits
        self.sleep = sleep
    }

    /// How busy it is.
    public var status: AdmissionStatus {
        state.withLock { state in
            AdmissionStatus(
                active: state.active, queued: state.waiters.count, maximumActive: limits.maximumActive,
                maximumQueued: limits.maximumQueued, isDraining: state.isDraining)
        }
    }

    /// See ``ParleyCore/Admission/refuseWhenFull()``.
    public func refuseWhenFull() throws {
        let status = status
        if status.isDraining { throw AdmissionError.draining }
        if status.active >= status.maximumActive, status.queued >= status.maximumQueued {
            throw AdmissionError.queueFull(retryAfter: limits.retryAfter)
        }
    }

    /// Waits for a place; see ``ParleyCore/Admission/acquire()``.
    public func acquire() async throws -> AdmissionTicket {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        if try !takeFreePlace() {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    try await sleep(limits.maximumWait)
                    end(waiter: id, with: AdmissionError.timedOut(retryAfter: limits.retryAfter))
                }
                defer { group.cancelAll() }
                try await wait(as: id)
            }
        }
        return AdmissionTicket { [self] in release() }
    }

    /// Takes no more requests and sends those away that wait; the ones at work go on.
    public func drain() {
        let waiters = state.withLock { state in
            state.isDraining = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: AdmissionError.draining) }
    }

    private func takeFreePlace() throws -> Bool {
        try state.withLock { state in
            if state.isDraining { throw AdmissionError.draining }
            guard state.active < limits.maximumActive, state.waiters.isEmpty else { return false }
            state.active += 1
            return true
        }
    }

    private func wait(as id: Int) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Continuation) in
                switch enqueue(id, continuation) {
                case .granted: continuation.resume()
                case .refused(let error): continuation.resume(throwing: error)
                case .waiting: break
                }
            }
        } onCancel: {
            end(waiter: id, with: CancellationError())
        }
    }

    private func enqueue(_ id: Int, _ continuation: Continuation) -> Decision {
        state.withLock { state in
            // The cancellation handler may have run before the waiter was there to be found.
            if Task.isCancelled { return .refused(CancellationError()) }
            if state.isDraining { return .refused(AdmissionError.draining) }
            if state.active < limits.maximumActive, state.waiters.isEmpty {
                state.active += 1
                return .granted
            }
            guard state.waiters.count < limits.maximumQueued else {
                return .refused(AdmissionError.queueFull(retryAfter: limits.retryAfter))
            }
            state.waiters.append((id, continuation))
            return .waiting
        }
    }

    private func end(waiter id: Int, with error: any Error) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: error)
    }

    /// Hands the place to the first waiter, or frees it.
    private func release() {
        let next = state.withLock { state -> Continuation? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst().continuation }
            state.active -= 1
            return nil
        }
        next?.resume()
    }
}
