import ParleyCore
import ParleyInference
import ParleyPipeline

/// Lets a request begin when there is a place for it and a device has the memory that it will take.
///
/// Under memory pressure new requests wait, and go on by themselves when memory is free again.
struct MemoryAdmission: Admission {
    /// Counts places and keeps the waiting line.
    let places: BoundedAdmission
    let memory: ModelMemory
    /// The longest wait for memory.
    let maximumWait: Duration
    /// What refused clients are told to wait.
    let retryAfter: Duration

    var status: AdmissionStatus { places.status }

    func refuseWhenFull() throws { try places.refuseWhenFull() }

    func acquire() async throws -> AdmissionTicket {
        let place = try await places.acquire()
        let bytes = memory.costs.largestRequestBytes(rows: 1)
        guard bytes > 0, let budget = roomiest else { return place }
        let reservation = try await reserve(bytes, of: budget)
        return AdmissionTicket {
            reservation.release()
            place.release()
        }
    }

    /// The device with the most memory that is neither used nor set aside.
    private var roomiest: MemoryBudget? {
        memory.budgets.values.max { $0.status.unclaimedBytes < $1.status.unclaimedBytes }
    }

    private func reserve(_ bytes: Int, of budget: MemoryBudget) async throws -> MemoryReservation {
        try await withThrowingTaskGroup(of: MemoryReservation.self) { group in
            group.addTask { try await budget.reserve(bytes: bytes) }
            group.addTask { [maximumWait, retryAfter] in
                try await Task.sleep(for: maximumWait)
                throw AdmissionError.timedOut(retryAfter: retryAfter)
            }
            defer { group.cancelAll() }
            guard let reservation = try await group.next() else { throw CancellationError() }
            return reservation
        }
    }
}

extension DeviceMemoryReport {
    fileprivate var unclaimedBytes: Int { freeBytes - reservedBytes }
}

extension ModelMemory {
    /// The devices' memory, as operators are shown it.
    var reports: [DeviceMemoryReport] {
        budgets.values.map(\.status).sorted { $0.device < $1.device }
    }
}
