public import ParleyCore
import Synchronization

/// The memory of one device, given out to models and requests before they take it.
///
/// A reservation waits in order of arrival until there is room, and while free memory is below a margin, whoever took
/// it; it goes on by itself when memory comes back. Set aside the weights of a model for as long as it is loaded: what
/// the inference library keeps for later runs is told from other processes' memory by what was set aside.
public final class MemoryBudget: Sendable {
    /// How careful the budget is.
    public struct Options: Sendable, Hashable {
        /// A share of all memory that is left free; default 10 %.
        public var marginFraction: Double
        /// The least that is left free, in bytes; default 256 MiB.
        public var minimumMarginBytes: Int
        /// How often memory is measured while someone waits; default 500 ms.
        public var pollInterval: Duration

        /// Makes options.
        public init(
            marginFraction: Double = 0.1, minimumMarginBytes: Int = 256 << 20,
            pollInterval: Duration = .milliseconds(500)
        ) {
            self.marginFraction = marginFraction.isFinite ? min(1, max(0, marginFraction)) : 0.1
            self.minimumMarginBytes = MemoryBudget.clamped(minimumMarginBytes)
            self.pollInterval = pollInterval
        }
    }

    /// The device's name, for messages and metrics.
    public let name: String

    private let options: Options
    private let probe: @Sendable () -> DeviceMemory?
    private let sleep: @Sendable (Duration) async throws -> Void
    private let state: Mutex<State>

    private struct State {
        var ledger: MemoryLedger
        var waiters: [Waiter] = []
        var nextID = 0
        var isPolling = false
    }

    private struct Waiter {
        let id: Int
        let bytes: Int
        let continuation: CheckedContinuation<MemoryReservation, any Error>
    }

    /// Makes a budget and measures the device.
    /// - Parameters:
    ///   - name: The device's name.
    ///   - options: How careful the budget is.
    ///   - sleep: Waits; replaced in tests.
    ///   - probe: Measures the device; quick. Nil when it cannot be measured now, and there is no limit where it never
    ///     could.
    public init(
        name: String, options: Options = Options(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        probe: @escaping @Sendable () -> DeviceMemory?
    ) {
        self.name = name
        self.options = options
        self.sleep = sleep
        self.probe = probe
        var ledger = MemoryLedger(
            marginFraction: options.marginFraction, minimumMarginBytes: options.minimumMarginBytes)
        ledger.measure(probe())
        state = Mutex(State(ledger: ledger))
    }

    /// The budget of a device: of the machine's memory, or of a GPU's by its driver.
    public convenience init(device: InferenceDevice, driver: NVIDIADriver, options: Options = Options()) {
        if let index = device.gpuIndex {
            self.init(name: "\(device)", options: options) { driver.memory(of: index) }
        } else {
            self.init(name: "\(device)", options: options) { MachineMemory.measure() }
        }
    }

    /// Sets memory aside, waiting for room in order of arrival.
    ///
    /// Cancelling the task gives up the wait.
    /// - Throws: ``InferenceError`` with `outOfMemory` when the device can never have room, or `CancellationError`.
    public func reserve(bytes: Int) async throws -> MemoryReservation {
        try Task.checkCancellation()
        let bytes = Self.clamped(bytes)
        let memory = probe()
        let id = try state.withLock { state in
            state.ledger.measure(memory)
            try refuseImpossible(bytes, ledger: state.ledger)
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { enqueue(Waiter(id: id, bytes: bytes, continuation: $0)) }
        } onCancel: {
            cancel(id)
        }
    }

    /// Sets memory aside when there is room now and nobody waits for it.
    /// - Returns: nil when there is none.
    /// - Throws: ``InferenceError`` with `outOfMemory` when the device can never have room.
    public func tryReserve(bytes: Int) throws(InferenceError) -> MemoryReservation? {
        let bytes = Self.clamped(bytes)
        let memory = probe()
        let result = state.withLock { state -> Result<Int?, InferenceError> in
            state.ledger.measure(memory)
            return Result { () throws(InferenceError) in
                try refuseImpossible(bytes, ledger: state.ledger)
                guard state.waiters.isEmpty, state.ledger.hasRoom(for: bytes) else { return nil }
                state.nextID += 1
                state.ledger.add(state.nextID, bytes: bytes)
                return state.nextID
            }
        }
        return try result.get().map { MemoryReservation(id: $0, budget: self) }
    }

    /// The device's memory now, and what is set aside.
    public var status: DeviceMemoryReport {
        let memory = probe()
        return state.withLock { state in
            state.ledger.measure(memory)
            return DeviceMemoryReport(
                device: name, totalBytes: state.ledger.latest?.totalBytes ?? 0,
                freeBytes: state.ledger.latest?.freeBytes ?? 0, reservedBytes: state.ledger.reservedBytes,
                waitingCount: state.waiters.count, isPaused: state.ledger.isUnderPressure)
        }
    }

    func bytes(of id: Int) -> Int { state.withLock { $0.ledger.bytes(of: id) } }

    func resize(_ id: Int, to bytes: Int) {
        state.withLock { $0.ledger.resize(id, to: Self.clamped(bytes)) }
        grantWaiting()
    }

    func release(_ id: Int) {
        if state.withLock({ $0.ledger.remove(id) }) { grantWaiting() }
    }

    // MARK: - Waiting

    /// A number with which sums do not overflow: at most 1 PiB.
    fileprivate static func clamped(_ bytes: Int) -> Int { min(max(0, bytes), 1 << 50) }

    private func refuseImpossible(_ bytes: Int, ledger: MemoryLedger) throws(InferenceError) {
        guard let capacity = ledger.capacityBytes, bytes > capacity else { return }
        throw InferenceError(
            .outOfMemory,
            "This needs \(bytes >> 20) MiB of memory on \(name), which has \(capacity >> 20) MiB to give: use a smaller "
                + "model or precision.")
    }

    private func enqueue(_ waiter: Waiter) {
        let (action, startsPolling) = state.withLock { state -> (Admission, Bool) in
            // A cancellation that came before this point found no waiter to remove, so it is looked for here.
            if Task.isCancelled { return (.cancelled, false) }
            if state.waiters.isEmpty, state.ledger.hasRoom(for: waiter.bytes) {
                state.ledger.add(waiter.id, bytes: waiter.bytes)
                return (.granted, false)
            }
            state.waiters.append(waiter)
            defer { state.isPolling = true }
            return (.waiting, !state.isPolling)
        }
        switch action {
        case .granted: grant(waiter)
        case .cancelled: waiter.continuation.resume(throwing: CancellationError())
        case .waiting: if startsPolling { poll() }
        }
    }

    private enum Admission {
        case granted
        case waiting
        case cancelled
    }

    private func cancel(_ id: Int) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(throwing: CancellationError())
        if waiter != nil { grantWaiting() }  // it may have stood before a smaller one
    }

    private func grant(_ waiter: Waiter) {
        waiter.continuation.resume(returning: MemoryReservation(id: waiter.id, budget: self))
    }

    /// Measures, and grants to those in front for whom there is room.
    private func grantWaiting() {
        guard state.withLock({ !$0.waiters.isEmpty }) else { return }
        let memory = probe()
        let granted = state.withLock { state -> [Waiter] in
            state.ledger.measure(memory)
            var granted: [Waiter] = []
            while let next = state.waiters.first, state.ledger.hasRoom(for: next.bytes) {
                state.ledger.add(next.id, bytes: next.bytes)
                granted.append(state.waiters.removeFirst())
            }
            return granted
        }
        for waiter in granted { grant(waiter) }
    }

    /// Looks again from time to time, as long as someone waits: memory that others took comes back without a word.
    private func poll() {
        Task { [weak self, options, sleep] in
            repeat {
                try? await sleep(options.pollInterval)
                self?.grantWaiting()
            } while self?.goesOnPolling() ?? false
        }
    }

    private func goesOnPolling() -> Bool {
        state.withLock { state in
            state.isPolling = !state.waiters.isEmpty
            return state.isPolling
        }
    }
}
