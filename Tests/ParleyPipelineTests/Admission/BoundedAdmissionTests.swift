import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Testing

@Suite struct BoundedAdmissionTests {
    /// Waits for a state that other tasks bring about; gives up, and fails the test, only if they never do.
    private func until(_ condition: () -> Bool) async {
        for _ in 0..<100_000 where !condition() { await Task.yield() }
        while !condition() { try? await Task.sleep(for: .milliseconds(1)) }
    }

    private func admission(active: Int = 1, queued: Int = 4) -> BoundedAdmission {
        BoundedAdmission(
            limits: .init(maximumActive: active, maximumQueued: queued, retryAfter: .seconds(7)),
            sleep: { _ in try await Task.sleep(for: .seconds(3_600)) })
    }

    @Test func placesAreBoundedAndComeBack() async throws {
        let admission = admission(active: 2, queued: 0)
        let first = try await admission.acquire()
        let second = try await admission.acquire()
        await #expect(throws: AdmissionError.queueFull(retryAfter: .seconds(7))) { try await admission.acquire() }
        first.release()
        first.release()
        #expect(admission.status.active == 1)
        let third = try await admission.acquire()
        #expect(admission.status.active == 2)
        second.release()
        third.release()
        #expect(admission.status.active == 0)
    }

    @Test func aTicketThatIsLetGoFreesItsPlace() async throws {
        let admission = admission()
        _ = try await admission.acquire()
        #expect(admission.status.active == 0)
    }

    @Test func waitersAreServedInOrder() async throws {
        let admission = admission(active: 1, queued: 8)
        let order = Locked<[Int]>([])
        let held = try await admission.acquire()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<5 {
                group.addTask {
                    let ticket = try await admission.acquire()
                    order.update { $0.append(index) }
                    ticket.release()
                }
                await until { admission.status.queued == index + 1 }
            }
            held.release()
            try await group.waitForAll()
        }
        #expect(order.value == [0, 1, 2, 3, 4])
        #expect(admission.status.active == 0 && admission.status.queued == 0)
    }

    @Test func theLongestWaitEndsWithATimeout() async throws {
        let waiting = Locked<BoundedAdmission?>(nil)
        let admission = BoundedAdmission(
            limits: .init(maximumActive: 1, retryAfter: .seconds(3)),
            sleep: { _ in while waiting.value?.status.queued != 1 { await Task.yield() } })
        waiting.update { $0 = admission }
        let held = try await admission.acquire()
        await #expect(throws: AdmissionError.timedOut(retryAfter: .seconds(3))) { try await admission.acquire() }
        #expect(admission.status.queued == 0)
        held.release()
        #expect(admission.status.active == 0)
    }

    @Test func aCancelledWaiterLeavesTheLine() async throws {
        let admission = admission()
        let held = try await admission.acquire()
        let waiter = Task { try await admission.acquire() }
        await until { admission.status.queued == 1 }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(admission.status.queued == 0)
        held.release()
        #expect(admission.status.active == 0)
    }

    @Test func drainingSendsWaitersAwayAndLetsWorkGoOn() async throws {
        let admission = admission()
        let held = try await admission.acquire()
        let waiter = Task { try await admission.acquire() }
        await until { admission.status.queued == 1 }
        admission.drain()
        await #expect(throws: AdmissionError.draining) { try await waiter.value }
        await #expect(throws: AdmissionError.draining) { try await admission.acquire() }
        #expect(admission.status.isDraining && admission.status.active == 1)
        held.release()
        #expect(admission.status.active == 0)
    }

    @Test func manyAtOnceNeverExceedTheLimitAndNoneIsLost() async throws {
        let admission = admission(active: 3, queued: 1_000)
        let most = Locked(0)
        let served = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                let task = Task {
                    let ticket = try await admission.acquire()
                    most.update { $0 = max($0, admission.status.active) }
                    await Task.yield()
                    served.update { $0 += 1 }
                    ticket.release()
                }
                if index % 5 == 0 { task.cancel() }
                group.addTask { _ = try? await task.value }
            }
            try await group.waitForAll()
        }
        #expect(most.value <= 3)
        #expect(served.value >= 240)
        #expect(admission.status.active == 0 && admission.status.queued == 0)
    }
}
