import ParleyCore
import Synchronization

/// The transcriptions at work and in the queue, and what became of earlier ones.
///
/// Bounded by the connections that the server accepts: each has one request at a time, which leaves when its
/// ``RequestRecord`` is let go.
final class RequestRegistry: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// A transcription that has not ended.
    struct Entry: Sendable, Hashable {
        /// Id of the HTTP request.
        let id: String
        let model: String
        let task: TranscriptionTask
        let began: Instant
        /// When it got its place; nil while it waits.
        var admitted: Instant?
        var stage = TranscriptionStage.queued
        var processedSeconds = 0.0
        /// Length of the recording; nil while unknown.
        var totalSeconds: Double?
    }

    /// How a transcription ended.
    enum Outcome: String, Sendable, CaseIterable {
        case completed
        /// A fault of the server.
        case failed
        /// The request was wrong, or there was no place for it.
        case refused
        /// The client went.
        case cancelled
    }

    /// What transcriptions by one model came to.
    struct Totals: Sendable, Hashable {
        var outcomes: [Outcome: Int] = [:]
        /// Audio that was worked on.
        var audioSeconds = 0.0
        /// Time from getting a place to the end.
        var processingSeconds = 0.0
    }

    /// An answer's route and status.
    struct Answer: Sendable, Hashable {
        let method: String
        let path: String
        let status: Int
    }

    /// All of it at one moment.
    struct Snapshot: Sendable {
        /// Oldest first.
        var entries: [Entry]
        var totals: [String: Totals]
        var queueWait: Histogram
        var answers: [Answer: Int]
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var lastKey = 0
        var totals: [String: Totals] = [:]
        var queueWait = Histogram(bounds: [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300])
        var answers: [Answer: Int] = [:]
    }

    let now: @Sendable () -> Instant
    private let state = Mutex(State())

    init(now: @escaping @Sendable () -> Instant = { .now }) { self.now = now }

    var snapshot: Snapshot {
        state.withLock { state in
            Snapshot(
                entries: state.entries.sorted { $0.key < $1.key }.map(\.value), totals: state.totals,
                queueWait: state.queueWait, answers: state.answers)
        }
    }

    /// A request that asks for a place now.
    func begin(id: String, model: String, task: TranscriptionTask) -> RequestRecord {
        let began = now()
        let key = state.withLock { state in
            state.lastKey += 1
            state.entries[state.lastKey] = Entry(id: id, model: model, task: task, began: began)
            return state.lastKey
        }
        return RequestRecord(registry: self, key: key)
    }

    /// An answer began.
    func count(_ answer: Answer) { state.withLock { $0.answers[answer, default: 0] += 1 } }

    fileprivate func admit(_ key: Int) {
        let now = now()
        state.withLock { state in
            guard let entry = state.entries[key] else { return }
            state.entries[key]?.admitted = now
            state.queueWait.add(entry.began.duration(to: now).seconds)
        }
    }

    fileprivate func note(_ progress: TranscriptionProgress, _ key: Int) {
        state.withLock { state in
            state.entries[key]?.stage = progress.stage
            state.entries[key]?.processedSeconds = progress.processedSeconds
            state.entries[key]?.totalSeconds = progress.totalSeconds
        }
    }

    fileprivate func end(_ key: Int, _ outcome: Outcome, audioSeconds: Double?) {
        let now = now()
        state.withLock { state in
            // The first end counts.
            guard let entry = state.entries.removeValue(forKey: key) else { return }
            state.totals[entry.model, default: Totals()].outcomes[outcome, default: 0] += 1
            state.totals[entry.model]?.audioSeconds += audioSeconds ?? entry.processedSeconds
            state.totals[entry.model]?.processingSeconds += entry.admitted?.duration(to: now).seconds ?? 0
        }
    }
}

/// A transcription's entry in the registry; one that is let go before it has ended counts as cancelled.
final class RequestRecord: Sendable {
    private let registry: RequestRegistry
    private let key: Int

    fileprivate init(registry: RequestRegistry, key: Int) {
        self.registry = registry
        self.key = key
    }

    deinit { registry.end(key, .cancelled, audioSeconds: nil) }

    /// It got its place.
    func admit() { registry.admit(key) }

    /// Something happened to it.
    func note(_ event: TranscriptionEvent) {
        switch event {
        case .progress(let progress): registry.note(progress, key)
        case .segment: break
        case .finished(let transcript): registry.end(key, .completed, audioSeconds: transcript.durationSeconds)
        }
    }

    /// It failed.
    func end(_ error: any Error) {
        let status = ErrorMapping.apiError(for: error, requestID: "").status
        let outcome: RequestRegistry.Outcome =
            switch status {
            case 499: .cancelled
            case 429, 503, 507: .refused
            case 500...: .failed
            default: .refused
            }
        registry.end(key, outcome, audioSeconds: nil)
    }
}

extension Duration {
    /// Seconds as a number.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
