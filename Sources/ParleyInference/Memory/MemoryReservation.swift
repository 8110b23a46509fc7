/// Memory of a device that is set aside for a model or a request.
///
/// It is given back when the reservation is released or let go.
public final class MemoryReservation: Sendable {
    private let id: Int
    private let budget: MemoryBudget

    init(id: Int, budget: MemoryBudget) {
        self.id = id
        self.budget = budget
    }

    deinit { release() }

    /// What is set aside now, in bytes; 0 after the release.
    public var bytes: Int { budget.bytes(of: id) }

    /// Changes what is set aside, when it is known better than before; never waits and never fails.
    public func resize(to bytes: Int) { budget.resize(id, to: bytes) }

    /// Gives the memory back.
    ///
    /// Later calls do nothing.
    public func release() { budget.release(id) }
}
