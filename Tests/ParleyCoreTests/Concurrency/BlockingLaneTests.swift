import Foundation
import ParleyCore
import Synchronization
import Testing

@Suite struct BlockingLaneTests {
    @Test func returnsWhatTheBodyReturns() async throws {
        let lane = BlockingLane(name: "test")
        #expect(try await lane.run { 6 * 7 } == 42)
    }

    @Test func throwsWhatTheBodyThrows() async throws {
        let lane = BlockingLane(name: "test")
        await #expect(throws: AudioError.self) { try await lane.run { throw AudioError(.empty, "nothing") } }
    }

    @Test func oneThreadRunsOneBodyAtATime() async throws {
        let lane = BlockingLane(name: "test")
        let counts = Counts()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await lane.run {
                        counts.enter()
                        counts.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counts.most == 1)
    }

    @Test func refusesMoreThanItsQueueHolds() async throws {
        let lane = BlockingLane(name: "small", threadCount: 1, maximumQueued: 1)
        let gate = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let running = Task {
            try await lane.run {
                started.signal()
                gate.wait()
            }
        }
        await wait(for: started)
        let waiting = Task { try await lane.run { 1 } }
        // Submitting is synchronous up to the suspension, so two more calls can't both be accepted.
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        _ = try await lane.run { 2 }
                        return false
                    } catch { return error is BlockingLane.Full }
                }
            }
            let first = await group.next() ?? false
            gate.signal()
            gate.signal()
            return first
        }
        #expect(refused)
        try await running.value
        _ = await waiting.result
    }

    @Test func aCancelledTaskDoesNotStart() async throws {
        let lane = BlockingLane(name: "test")
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await lane.run { 1 }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    private func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}

/// How many are inside at once, at most.
private final class Counts: Sendable {
    private let state = Mutex((now: 0, most: 0))
    var most: Int { state.withLock { $0.most } }
    func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func leave() { state.withLock { $0.now -= 1 } }
}
