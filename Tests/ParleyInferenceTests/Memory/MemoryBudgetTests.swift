import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

/// A device of 1,000 bytes with a margin of 100; time passes when the test says so.
private final class FakeDevice: Sendable {
    private let free: Locked<Int?>
    private let ticks = BoundedChannel<Void>(capacity: 1)

    init(free: Int? = 1_000) { self.free = Locked(free) }

    func setFree(_ bytes: Int?) { free.update { $0 = bytes } }

    /// Ends one wait between two looks.
    func tick() async throws { try await ticks.send(()) }

    func budget() -> MemoryBudget {
        MemoryBudget(
            name: "fake", options: .init(minimumMarginBytes: 0), sleep: { [ticks] _ in _ = await ticks.next() },
            probe: { self.free.value.map { DeviceMemory(totalBytes: 1_000, freeBytes: $0) } })
    }
}

@Suite(.timeLimit(.minutes(15)))
struct MemoryBudgetTests {
    private let device = FakeDevice()
    private let budget: MemoryBudget

    init() { budget = device.budget() }

    /// Lets other tasks run until some reservations wait.
    private func waiting(_ count: Int) async {
        while budget.status.waitingCount != count { await Task.yield() }
    }

    @Test func reservationsAddUpAndComeBack() async throws {
        let first = try await budget.reserve(bytes: 400)
        let second = try await budget.reserve(bytes: 500)
        #expect(first.bytes == 400)
        #expect(budget.status.reservedBytes == 900)
        #expect(try budget.tryReserve(bytes: 1) == nil)
        first.release()
        first.release()
        #expect(first.bytes == 0)
        #expect(budget.status.reservedBytes == 500)
        #expect(try budget.tryReserve(bytes: 400) != nil)
        #expect(budget.status.reservedBytes == 500, "let go")
        second.resize(to: 100)
        #expect(budget.status.reservedBytes == 100)
    }

    @Test func statusTellsTheDevice() async throws {
        let reservation = try await budget.reserve(bytes: 300)
        #expect(
            budget.status
                == DeviceMemoryReport(
                    device: "fake", totalBytes: 1_000, freeBytes: 1_000, reservedBytes: 300, waitingCount: 0,
                    isPaused: false))
        device.setFree(50)
        #expect(budget.status.freeBytes == 50)
        #expect(budget.status.isPaused)
        device.setFree(nil)
        #expect(budget.status.freeBytes == 50, "the last measurement")
        reservation.release()
    }

    @Test func whatCanNeverFitIsRefused() async throws {
        do {
            _ = try await budget.reserve(bytes: 901)
            Issue.record("was granted")
        } catch {
            #expect((error as? InferenceError)?.code == .outOfMemory)
        }
        #expect(inferenceError { _ = try budget.tryReserve(bytes: .max) }?.code == .outOfMemory)
        #expect(try await budget.reserve(bytes: 900).bytes == 900)
        #expect(try await budget.reserve(bytes: -5).bytes == 0)
    }

    @Test func waitersAreServedInOrder() async throws {
        let first = try await budget.reserve(bytes: 900)
        let order = Locked<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, bytes) in [800, 10, 900].enumerated() {
                group.addTask {
                    let reservation = try await budget.reserve(bytes: bytes)
                    order.update { $0.append(index) }
                    reservation.release()
                }
                await waiting(index + 1)
            }
            #expect(try budget.tryReserve(bytes: 0) == nil, "nobody overtakes")
            first.resize(to: 95)
            await waiting(1)  // the second had no room before the first was done
            first.release()
            try await group.waitForAll()
        }
        #expect(order.value == [0, 1, 2])
        #expect(budget.status.reservedBytes == 0)
    }

    @Test func cancellingLeavesTheLine() async throws {
        let first = try await budget.reserve(bytes: 500)
        let large = Task { try await budget.reserve(bytes: 800) }
        await waiting(1)
        let small = Task { try await budget.reserve(bytes: 100) }
        await waiting(2)
        large.cancel()
        await #expect(throws: CancellationError.self) { _ = try await large.value }
        let reservation = try await small.value
        #expect(budget.status.reservedBytes == 600)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await budget.reserve(bytes: 1)
        }
        await #expect(throws: CancellationError.self) { _ = try await late.value }
        #expect(budget.status.reservedBytes == 600)
        reservation.release()
        first.release()
    }

    /// Memory that others took comes back without anyone saying so.
    @Test func pressurePausesAndResumesByItself() async throws {
        device.setFree(99)
        #expect(try budget.tryReserve(bytes: 0) == nil)
        let waiter = Task { try await budget.reserve(bytes: 10) }
        await waiting(1)
        try await device.tick()
        #expect(budget.status.isPaused)
        #expect(budget.status.waitingCount == 1)
        device.setFree(500)
        try await device.tick()
        #expect(try await waiter.value.bytes == 10)
        #expect(!budget.status.isPaused)
    }

    @Test func severalRoundsOfWaiting() async throws {
        for _ in 0..<3 {
            device.setFree(0)
            let waiter = Task { try await budget.reserve(bytes: 10) }
            await waiting(1)
            device.setFree(1_000)
            try await device.tick()
            #expect(try await waiter.value.bytes == 10)
        }
    }

    @Test func aDeviceThatCannotBeMeasuredHasNoLimit() async throws {
        let budget = FakeDevice(free: nil).budget()
        #expect(try await budget.reserve(bytes: .max).bytes > 1 << 40)
        #expect(budget.status.totalBytes == 0)
    }

    @Test func manyTasksNeverTakeTooMuch() async throws {
        let taken = Locked((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let bytes = 1 + index * 37 % 300
                    let reservation = try await budget.reserve(bytes: bytes)
                    taken.update { taken in
                        taken.now += bytes
                        taken.most = max(taken.most, taken.now)
                    }
                    await Task.yield()
                    taken.update { $0.now -= bytes }
                    reservation.release()
                }
            }
            try await group.waitForAll()
        }
        #expect(taken.value.most <= 900)
        #expect(budget.status.reservedBytes == 0)
        #expect(budget.status.waitingCount == 0)
    }

    /// By the driver's numbers.
    @Test func aGPUIsMeasuredByItsDriver() async throws {
        let standIn = try NVMLStandIn(gpuCount: 2)
        let driver = standIn.driver()
        let budget = MemoryBudget(device: .cuda(1), driver: driver)
        #expect(budget.name == "cuda:1")
        #expect(budget.status.totalBytes == NVMLStandIn.totalBytes)
        try standIn.setFree(1 << 30, of: 1)
        #expect(budget.status.isPaused)
        #expect(try budget.tryReserve(bytes: 1) == nil)
        #expect(try MemoryBudget(device: .cuda(0), driver: driver).tryReserve(bytes: 14 << 30) != nil)
        try standIn.setFree(4 << 30, of: 1)
        #expect(try budget.tryReserve(bytes: 2 << 30) != nil)
        #expect(try budget.tryReserve(bytes: 3 << 30) == nil)
        #expect(MemoryBudget(device: .cpu, driver: driver).status.totalBytes == MachineMemory.measure()?.totalBytes)
    }
}
