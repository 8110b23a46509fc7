import Dispatch
import ParleyCore
import ParleyPipeline
import ParleyTestSupport

/// A model whose loads wait for the test where it says so, and whose copies can be counted.
final class FakeModel: Sendable {
    /// A loaded copy.
    final class Loaded: SpeechRecognizer {
        let descriptor: ModelDescriptor
        let concurrency = 1
        init(_ descriptor: ModelDescriptor) { self.descriptor = descriptor }
        func recognize(_ window: AudioWindow, options: RecognitionOptions) async throws -> WindowHypothesis {
            WindowHypothesis(words: [], language: "en", compressionRatio: 1, noSpeechProbability: 0)
        }
    }

    let id: String
    let loadCount = Locked(0)
    /// Errors of the next loads.
    let failures = Locked<[RecognitionError]>([])
    private let gate: DispatchSemaphore?
    private let copies = Locked<[WeakCopy]>([])

    private struct WeakCopy: Sendable { weak var copy: Loaded? }

    init(_ id: String, waits: Bool = false) {
        self.id = id
        gate = waits ? DispatchSemaphore(value: 0) : nil
    }

    var descriptor: ModelDescriptor { FakeRecognizer(id: id).descriptor }
    /// Copies in memory.
    var liveCount: Int { copies.value.count { $0.copy != nil } }

    /// Lets one load end.
    func open() { gate?.signal() }

    var known: LoadableModel {
        LoadableModel(
            id: id, directory: "/models/" + id, describe: { [descriptor] in descriptor },
            load: { [self] in
                loadCount.update { $0 += 1 }
                gate?.wait()
                if let failure = failures.update({ $0.isEmpty ? nil : $0.removeFirst() }) { throw failure }
                let copy = Loaded(descriptor)
                copies.update { $0.append(WeakCopy(copy: copy)) }
                return copy
            })
    }
}

/// A clock that stands until the test moves it.
final class ManualClock: Sendable {
    private struct Sleeper: Sendable {
        let until: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct State: Sendable {
        var now = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var last = 0
    }
    private let start = ContinuousClock.now
    private let state = Locked(State())

    var sleeperCount: Int { state.value.sleepers.count }

    var clock: ModelShelf.Clock {
        ModelShelf.Clock(
            now: { [self] in start.advanced(by: state.value.now) }, sleep: { [self] in try await sleep($0) })
    }

    func advance(by duration: Duration) {
        let due = state.update { state -> [Sleeper] in
            state.now += duration
            let now = state.now
            let due = state.sleepers.filter { $0.value.until <= now }
            for key in due.keys { state.sleepers[key] = nil }
            return Array(due.values)
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    private func sleep(_ duration: Duration) async throws {
        let key = state.update { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.update { state in
                    if Task.isCancelled { return true }
                    state.sleepers[key] = Sleeper(until: state.now + duration, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            state.update { $0.sleepers.removeValue(forKey: key) }?.continuation.resume(throwing: CancellationError())
        }
    }
}
