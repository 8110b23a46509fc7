import Synchronization

/// A value that several tasks of a test share.
public final class Locked<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    /// Makes a box with a first value.
    public init(_ value: Value) { storage = Mutex(value) }

    /// The value now.
    public var value: Value { storage.withLock { $0 } }

    /// Changes the value.
    public func update<Result: Sendable>(_ change: (inout sending Value) throws -> sending Result) rethrows -> Result {
        try storage.withLock(change)
    }
}
