/// The memory of a device at one moment.
public struct DeviceMemory: Sendable, Hashable {
    /// All of it, or the limit of the container, in bytes.
    public var totalBytes: Int
    /// What may still be taken, in bytes.
    public var freeBytes: Int

    /// Makes a measurement.
    public init(totalBytes: Int, freeBytes: Int) {
        self.totalBytes = totalBytes
        self.freeBytes = freeBytes
    }
}
