/// A device's memory and what is set aside of it, at one moment.
public struct MemoryBudgetStatus: Sendable, Hashable {
    /// The device's name, such as `cuda:0`.
    public var device: String
    /// All memory in bytes; 0 when it cannot be measured.
    public var totalBytes: Int
    /// Memory that is free on the device, in bytes.
    public var freeBytes: Int
    /// What is set aside, in bytes.
    public var reservedBytes: Int
    /// Reservations that wait.
    public var waitingCount: Int
    /// Whether no more is set aside until memory comes back.
    public var isPaused: Bool

    /// Makes a status.
    public init(
        device: String, totalBytes: Int, freeBytes: Int, reservedBytes: Int, waitingCount: Int, isPaused: Bool
    ) {
        self.device = device
        self.totalBytes = totalBytes
        self.freeBytes = freeBytes
        self.reservedBytes = reservedBytes
        self.waitingCount = waitingCount
        self.isPaused = isPaused
    }
}
