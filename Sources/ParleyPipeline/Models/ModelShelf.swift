public import ParleyCore
import Synchronization

/// The models of this server: which there are, which are in memory, and who uses them.
///
/// A model is loaded when it is first asked for, once however many ask; the load goes on when those who wait are
/// cancelled, and one that fails is tried again by the next request. A model that nobody has used for a while leaves
/// memory. An unload takes the copy off the shelf at once and lets those who use it finish, so a model can be replaced
/// under traffic.
public final class ModelShelf: RecognizerSource, ModelOperations {
    /// How long models stay.
    public struct Options: Sendable {
        /// How long a model stays that nobody uses; nil for ever.
        public var timeToLive: Duration?
        /// Models that stay for ever all the same; nil for the default model.
        public var kept: Set<String>?

        /// Makes options.
        public init(timeToLive: Duration? = nil, kept: Set<String>? = nil) {
            self.timeToLive = timeToLive
            self.kept = kept
        }
    }

    /// The present and the passing of time; replaced in tests.
    public struct Clock: Sendable {
        /// The present.
        public var now: @Sendable () -> ContinuousClock.Instant
        /// Waits.
        public var sleep: @Sendable (Duration) async throws -> Void

        /// Makes a clock; by default the real one.
        public init(
            now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
            sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        ) {
            self.now = now
            self.sleep = sleep
        }
    }

    private let options: Options
    private let catalog: @Sendable () -> [LoadableModel]
    private let clock: Clock
    private let observe: @Sendable (ModelEvent) -> Void
    private let lane = BlockingLane(name: "load", threadCount: 2)
    private let state: Mutex<ShelfState>

    /// Reads what the models can do.
    ///
    /// Blocking.
    /// - Parameters:
    ///   - catalog: Lists the installed models, the default first; blocking, asked again when a model is missed.
    ///   - options: How long models stay.
    ///   - clock: The present and the passing of time.
    ///   - observe: Told what happens.
    /// - Throws: ``RecognitionError`` when there is no default model, or what its description throws.
    public init(
        catalog: @escaping @Sendable () -> [LoadableModel], options: Options = Options(), clock: Clock = Clock(),
        observe: @escaping @Sendable (ModelEvent) -> Void = { _ in }
    ) throws {
        self.catalog = catalog
        self.options = options
        self.clock = clock
        self.observe = observe
        let models = catalog()
        guard let first = models.first else { throw RecognitionError(.modelUnknown, "No model is installed.") }
        let known = [ShelfState.Known(model: first, descriptor: try first.describe())]
        state = Mutex(ShelfState(known: known + Self.describe(Array(models.dropFirst()), observe)))
    }

    deinit {
        for reaper in state.withLock({ $0.copies.values.compactMap(\.reaper) }) { reaper.cancel() }
    }

    /// See ``RecognizerSource``.
    public var descriptors: [ModelDescriptor] { state.withLock { $0.known.map(\.descriptor) } }

    /// See ``RecognizerSource``.
    public func lease(_ id: String?) async throws -> ModelLease {
        try Task.checkCancellation()
        let id = try descriptor(id).id
        let waiter = state.withLock { $0.newNumber() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                request(id, waiter: waiter, continuation)
            }
        } onCancel: {
            let continuation = state.withLock { $0.removeWaiter(waiter) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    /// See ``ParleyCore/ModelOperations``.
    public func load(_ id: String) async throws -> Bool {
        if (try? descriptor(id)) == nil { try await refresh() }
        if state.withLock({ $0.isLoaded(id) }) { return false }
        try await lease(id).release()
        return true
    }

    /// See ``ParleyCore/ModelOperations``.
    public func unload(_ id: String) -> ModelUnloading {
        let (result, gone) = state.withLock { $0.retire(id) }
        end(gone)
        return result
    }

    /// See ``ParleyCore/ModelOperations``.
    public var loadedModels: [LoadedModel] {
        let now = clock.now()
        let copies = state.withLock { state in
            state.copies.sorted { ($0.value.id, $0.key) < ($1.value.id, $1.key) }.map(\.value)
        }
        return copies.map { $0.status(now: now) }
    }

    /// See ``ParleyCore/ModelOperations``.
    public var modelCounts: ModelCounts { state.withLock { $0.counts } }

    // MARK: - Loading

    /// Gives a lease, now or when the model is loaded.
    private func request(_ id: String, waiter: Int, _ continuation: ShelfState.Continuation) {
        let action = state.withLock { state -> Action in
            // A cancellation that came before this point found no waiter to remove, so it is looked for here.
            if Task.isCancelled { return .refuse(CancellationError()) }
            if let number = state.onShelf[id], let copy = state.copies[number] {
                if let recognizer = copy.recognizer {
                    state.copies[number]?.leaseCount += 1
                    return .grant(recognizer, number)
                }
                state.copies[number]?.waiters[waiter] = continuation
                return .wait
            }
            guard let model = state.known.first(where: { $0.descriptor.id == id })?.model else {
                return .refuse(RecognitionError(.modelUnknown, "The model '\(id)' does not exist here."))
            }
            return .load(model, state.beginLoading(id, waiter: waiter, continuation, now: clock.now()))
        }
        switch action {
        case .grant(let recognizer, let number): continuation.resume(returning: lease(recognizer, number))
        case .refuse(let error): continuation.resume(throwing: error)
        case .wait: break
        case .load(let model, let number): beginLoading(model, number)
        }
    }

    private enum Action {
        case grant(any SpeechRecognizer, Int)
        case refuse(any Error)
        case wait
        case load(LoadableModel, Int)
    }

    private func lease(_ recognizer: any SpeechRecognizer, _ number: Int) -> ModelLease {
        ModelLease(recognizer) { [self] in
            let gone = state.withLock { $0.release(number, now: clock.now()) }
            end(gone)
        }
    }

    /// Not a child of anybody's task: those who wait may give up, the load goes on.
    private func beginLoading(_ model: LoadableModel, _ number: Int) {
        observe(.loading(id: model.id))
        let began = clock.now()
        Task {
            do {
                let recognizer = try await lane.run { try model.load() }
                observe(.loaded(id: model.id, after: began.duration(to: clock.now())))
                loaded(recognizer, number)
            } catch {
                observe(.failed(id: model.id, error: error))
                let waiters = state.withLock { $0.failed(number) }
                for waiter in waiters { waiter.resume(throwing: error) }
            }
        }
    }

    private func loaded(_ recognizer: any SpeechRecognizer, _ number: Int) {
        let (waiters, gone) = state.withLock { $0.loaded(number, recognizer, now: clock.now()) }
        for waiter in waiters { waiter.resume(returning: lease(recognizer, number)) }
        end(gone)
        beginReaping(number)
    }

    /// Looks for models that were installed since the last look.
    private func refresh() async throws {
        let known = try await lane.run { [catalog, observe] in Self.describe(catalog(), observe) }
        state.withLock { $0.add(known) }
    }

    private static func describe(
        _ models: [LoadableModel], _ observe: (ModelEvent) -> Void
    ) -> [ShelfState.Known] {
        models.compactMap { model in
            do {
                return ShelfState.Known(model: model, descriptor: try model.describe())
            } catch {
                observe(.unusable(id: model.id, error: error))
                return nil
            }
        }
    }

    // MARK: - Unloading

    /// A copy that has left; its memory goes with the last reference to it, outside the lock.
    private func end(_ copy: ShelfState.Copy?) {
        guard let copy else { return }
        copy.reaper?.cancel()
        observe(.unloaded(id: copy.id))
    }

    /// Looks at a copy from time to time as long as it is on the shelf, and takes it off when its time has come.
    private func beginReaping(_ number: Int) {
        guard let timeToLive = options.timeToLive else { return }
        let reaper = Task { [weak self, clock] in
            while let wait = self?.reap(number, timeToLive) {
                do { try await clock.sleep(wait) } catch { return }
            }
        }
        let isNeeded = state.withLock { state in
            guard let copy = state.copies[number], !isKept(copy.id, state) else { return false }
            state.copies[number]?.reaper = reaper
            return true
        }
        if !isNeeded { reaper.cancel() }
    }

    private func isKept(_ id: String, _ state: ShelfState) -> Bool {
        options.kept.map { $0.contains(id) } ?? (state.known.first?.descriptor.id == id)
    }

    /// How long to wait before the next look; nil when the copy is off the shelf.
    private func reap(_ number: Int, _ timeToLive: Duration) -> Duration? {
        let (wait, gone) = state.withLock { state -> (Duration?, ShelfState.Copy?) in
            guard let copy = state.copies[number], state.onShelf[copy.id] == number, !isKept(copy.id, state) else {
                return (nil, nil)
            }
            guard copy.leaseCount == 0 else { return (timeToLive, nil) }
            let rest = timeToLive - copy.idleSince.duration(to: clock.now())
            return rest > .zero ? (rest, nil) : (nil, state.retire(copy.id).gone)
        }
        end(gone)
        return wait
    }
}
