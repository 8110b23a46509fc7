import Synchronization

/// Tells a blocking call on another thread that nobody wants its result any more.
///
/// Long loops ask ``isCancelled`` between steps; libraries that can be interrupted from outside register a closure
/// with ``onCancel(_:)``.
public final class CancellationFlag: Sendable {
    private struct State {
        var isCancelled = false
        var nextID = 0
        var handlers: [Int: @Sendable () -> Void] = [:]
    }
    private let state = Mutex(State())

    /// A flag that is not set.
    public init() {}

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Sets the flag and runs the registered closures, each once.
    ///
    /// Later calls do nothing.
    public func cancel() {
        let handlers = state.withLock { state -> [@Sendable () -> Void] in
            guard !state.isCancelled else { return [] }
            state.isCancelled = true
            defer { state.handlers = [:] }
            return Array(state.handlers.values)
        }
        for handler in handlers { handler() }
    }

    /// Runs `body` with `handler` registered; the handler runs at once when the flag is already set, and never after
    /// this call has returned its result, unless it had begun before.
    public func onCancel<Value>(_ handler: @escaping @Sendable () -> Void, while body: () throws -> Value) rethrows
        -> Value
    {
        let id = state.withLock { state -> Int? in
            guard !state.isCancelled else { return nil }
            state.nextID += 1
            state.handlers[state.nextID] = handler
            return state.nextID
        }
        if id == nil { handler() }
        defer { if let id { state.withLock { $0.handlers[id] = nil } } }
        return try body()
    }

    /// Throws `CancellationError` when the flag is set.
    public func check() throws {
        if isCancelled { throw CancellationError() }
    }
}

/// Runs a body with a flag that is set as soon as the current task is cancelled.
public func withCancellationFlag<Value: Sendable>(
    _ body: (CancellationFlag) async throws -> Value
) async throws -> Value {
    let flag = CancellationFlag()
    return try await withTaskCancellationHandler {
        try await body(flag)
    } onCancel: {
        flag.cancel()
    }
}
