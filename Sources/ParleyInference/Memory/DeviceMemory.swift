/// The memory of a device at one moment.
public struct DeviceMemory: Sendable, Hashable {
    /// All of it, or the limit of the container, in bytes.
    public var totalBytes: Int
    /// What may still be taken, in bytes.
    public var freeBytes: Int
    /// What this process has taken, in bytes; nil where that cannot be measured.
    public var ownBytes: Int?

    /// Makes a measurement.
    public init(totalBytes: Int, freeBytes: Int, ownBytes: Int? = nil) {
        self.totalBytes = totalBytes
        self.freeBytes = freeBytes
        self.ownBytes = ownBytes
    }
}
