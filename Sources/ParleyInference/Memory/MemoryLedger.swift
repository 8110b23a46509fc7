/// The arithmetic of a budget: what is set aside against what is measured.
///
/// Room is what is free, and what this process has taken and can use again, less what is set aside and the margin. The
/// library keeps memory for its next run, so that memory which is idle here is not free to the driver; but it cannot be
/// more than what was ever set aside, so that memory taken by others is told apart.
struct MemoryLedger {
    /// A share of all memory that is left free.
    let marginFraction: Double
    /// The least that is left free, in bytes.
    let minimumMarginBytes: Int

    private(set) var latest: DeviceMemory?
    private(set) var reservedBytes = 0
    private var peakReservedBytes = 0
    private var baselineFreeBytes = 0
    private var baselineOwnBytes: Int?
    private var reservations: [Int: Int] = [:]

    init(marginFraction: Double, minimumMarginBytes: Int) {
        self.marginFraction = marginFraction
        self.minimumMarginBytes = minimumMarginBytes
    }

    /// What is left free, in bytes.
    var marginBytes: Int {
        max(minimumMarginBytes, Int(Double(latest?.totalBytes ?? 0) * marginFraction))
    }

    /// The most that can ever be set aside, in bytes; nil when nothing was measured.
    var capacityBytes: Int? { latest.map { max(0, $0.totalBytes - marginBytes) } }

    /// Whether free memory, with what is idle here, is less than the margin.
    var isUnderPressure: Bool {
        guard let latest else { return false }
        return latest.freeBytes + max(0, heldBytes(latest) - reservedBytes) < marginBytes
    }

    /// Whether some bytes may be set aside now; a device that cannot be measured has no limit.
    func hasRoom(for bytes: Int) -> Bool {
        guard let latest else { return true }
        return !isUnderPressure && bytes <= latest.freeBytes + heldBytes(latest) - reservedBytes - marginBytes
    }

    /// Memory that this process has taken for what is or was set aside.
    private func heldBytes(_ memory: DeviceMemory) -> Int {
        let taken =
            if let own = memory.ownBytes, let baselineOwnBytes {
                own - baselineOwnBytes
            } else {
                baselineFreeBytes - memory.freeBytes
            }
        return min(max(0, taken), peakReservedBytes)
    }

    /// Takes in a measurement; one that failed leaves the last.
    mutating func measure(_ memory: DeviceMemory?) {
        guard let memory else { return }
        if latest == nil { baselineOwnBytes = memory.ownBytes }
        if reservations.isEmpty { peakReservedBytes = 0 }
        baselineFreeBytes = reservations.isEmpty ? memory.freeBytes : max(baselineFreeBytes, memory.freeBytes)
        latest = memory
    }

    mutating func add(_ id: Int, bytes: Int) {
        reservations[id] = bytes
        changeReserved(by: bytes)
    }

    mutating func resize(_ id: Int, to bytes: Int) {
        guard let old = reservations[id] else { return }
        reservations[id] = bytes
        changeReserved(by: bytes - old)
    }

    /// Whether there was such a reservation.
    mutating func remove(_ id: Int) -> Bool {
        guard let bytes = reservations.removeValue(forKey: id) else { return false }
        changeReserved(by: -bytes)
        return true
    }

    func bytes(of id: Int) -> Int { reservations[id] ?? 0 }

    private mutating func changeReserved(by bytes: Int) {
        reservedBytes += bytes
        peakReservedBytes = max(peakReservedBytes, reservedBytes)
    }
}
