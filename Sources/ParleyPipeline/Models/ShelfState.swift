import ParleyCore

/// What a ``ModelShelf`` keeps behind its lock: a plain value, whose changes say what is to be done outside.
struct ShelfState: Sendable {
    typealias Continuation = CheckedContinuation<ModelLease, any Error>
    typealias Instant = ContinuousClock.Instant

    /// An installed model and what it can do.
    struct Known: Sendable {
        let model: LoadableModel
        let descriptor: ModelDescriptor
    }

    /// A model in memory, or on its way there.
    struct Copy: Sendable {
        let id: String
        /// Nil while it is loaded.
        var recognizer: (any SpeechRecognizer)?
        var leaseCount = 0
        /// When the last lease ended, or the load.
        var idleSince: Instant
        /// Those who wait for the load, by number.
        var waiters: [Int: Continuation] = [:]
        /// Watches for the end of its time.
        var reaper: Task<Void, Never>?
        var isRetired = false

        func status(now: Instant) -> LoadedModel {
            let state: LoadedModel.State = recognizer == nil ? .loading : isRetired ? .unloading : .loaded
            return LoadedModel(
                id: id, state: state, requestCount: leaseCount + waiters.count,
                idle: state == .loaded && leaseCount == 0 ? idleSince.duration(to: now) : nil,
                batching: (recognizer as? any BatchReporting)?.batching)
        }
    }

    /// The default first.
    private(set) var known: [Known]
    /// All copies by number: those on the shelf, and retired ones as long as somebody uses them.
    var copies: [Int: Copy] = [:]
    /// The copy that new requests get, by model.
    private(set) var onShelf: [String: Int] = [:]
    private(set) var counts = ModelCounts()
    private var lastNumber = 0

    init(known: [Known]) { self.known = known }

    mutating func newNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    func isLoaded(_ id: String) -> Bool {
        onShelf[id].flatMap { copies[$0]?.recognizer } != nil
    }

    /// Adds models that are not known yet.
    mutating func add(_ models: [Known]) {
        for model in models where !known.contains(where: { $0.descriptor.id == model.descriptor.id }) {
            known.append(model)
        }
    }

    mutating func beginLoading(_ id: String, waiter: Int, _ continuation: Continuation, now: Instant) -> Int {
        let number = newNumber()
        copies[number] = Copy(id: id, idleSince: now, waiters: [waiter: continuation])
        onShelf[id] = number
        return number
    }

    /// A load ended well.
    /// - Returns: Those who waited, for each of whom a lease is counted, and the copy when it was retired meanwhile and
    ///   nobody waited.
    mutating func loaded(
        _ number: Int, _ recognizer: any SpeechRecognizer, now: Instant
    ) -> (waiters: [Continuation], gone: Copy?) {
        guard var copy = copies[number] else { return ([], nil) }
        counts.loads += 1
        let waiters = copy.waiters.sorted { $0.key < $1.key }.map(\.value)
        copy.recognizer = recognizer
        copy.leaseCount = waiters.count
        copy.waiters = [:]
        copy.idleSince = now
        copies[number] = copy
        return (waiters, removeIfUnused(number))
    }

    /// A load failed.
    /// - Returns: Those who waited.
    mutating func failed(_ number: Int) -> [Continuation] {
        counts.failures += 1
        guard let copy = copies.removeValue(forKey: number) else { return [] }
        if onShelf[copy.id] == number { onShelf[copy.id] = nil }
        return Array(copy.waiters.values)
    }

    /// Somebody gave up waiting.
    mutating func removeWaiter(_ waiter: Int) -> Continuation? {
        for number in copies.keys {
            if let continuation = copies[number]?.waiters.removeValue(forKey: waiter) { return continuation }
        }
        return nil
    }

    /// A lease ended.
    /// - Returns: The copy, when it has left.
    mutating func release(_ number: Int, now: Instant) -> Copy? {
        copies[number]?.leaseCount -= 1
        copies[number]?.idleSince = now
        return removeIfUnused(number)
    }

    /// Takes the copy of a model off the shelf.
    /// - Returns: What that means, and the copy when it has left.
    mutating func retire(_ id: String) -> (result: ModelUnloading, gone: Copy?) {
        guard let number = onShelf.removeValue(forKey: id), let copy = copies[number] else { return (.notLoaded, nil) }
        copies[number]?.isRetired = true
        if let gone = removeIfUnused(number) { return (.unloaded, gone) }
        return (.afterRequests(copy.leaseCount + copy.waiters.count), nil)
    }

    private mutating func removeIfUnused(_ number: Int) -> Copy? {
        guard let copy = copies[number], copy.isRetired, copy.recognizer != nil, copy.leaseCount == 0 else {
            return nil
        }
        counts.unloads += 1
        return copies.removeValue(forKey: number)
    }
}
