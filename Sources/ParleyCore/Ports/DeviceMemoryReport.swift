/// Memory of a device that inference runs on and what is set aside of it, at one moment.
public struct DeviceMemoryReport: Sendable, Hashable {
    /// The device: `cpu`, `cuda:0`.
    public var device: String
    /// Memory that this process may use at most, in bytes; 0 when it cannot be measured.
    public var totalBytes: Int
    /// Memory that nobody uses.
    public var freeBytes: Int
    /// Memory that is set aside for requests at work.
    public var reservedBytes: Int
    /// Requests that wait for memory.
    public var waitingCount: Int
    /// Whether new work waits because memory is short.
    public var isPaused: Bool

    /// Makes a report.
    public init(
        device: String, totalBytes: Int, freeBytes: Int, reservedBytes: Int = 0, waitingCount: Int = 0,
        isPaused: Bool = false
    ) {
        self.device = device
        self.totalBytes = totalBytes
        self.freeBytes = freeBytes
        self.reservedBytes = reservedBytes
        self.waitingCount = waitingCount
        self.isPaused = isPaused
    }
}
