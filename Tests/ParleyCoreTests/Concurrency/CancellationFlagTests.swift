import ParleyCore
import Synchronization
import Testing

@Suite struct CancellationFlagTests {
    @Test func runsAHandlerOnce() {
        let flag = CancellationFlag()
        let calls = CallCount()
        flag.onCancel({ calls.add() }) {
            flag.cancel()
            flag.cancel()
        }
        #expect(calls.value == 1)
        #expect(flag.isCancelled)
    }

    @Test func runsAHandlerAtOnceWhenAlreadySet() {
        let flag = CancellationFlag()
        flag.cancel()
        let calls = CallCount()
        flag.onCancel({ calls.add() }) {
            #expect(calls.value == 1)
        }
    }

    @Test func forgetsAHandlerWhoseBodyIsOver() {
        let flag = CancellationFlag()
        let calls = CallCount()
        flag.onCancel({ calls.add() }) {}
        flag.cancel()
        #expect(calls.value == 0)
    }

    @Test func checkThrowsOnceSet() {
        let flag = CancellationFlag()
        #expect(throws: Never.self) { try flag.check() }
        flag.cancel()
        #expect(throws: CancellationError.self) { try flag.check() }
    }

    @Test func followsTheTask() async throws {
        let task = Task {
            try await withCancellationFlag { flag in
                while !flag.isCancelled { await Task.yield() }
                return true
            }
        }
        task.cancel()
        #expect(try await task.value)
    }
}

private final class CallCount: Sendable {
    private let state = Mutex(0)
    var value: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
}
