/// What operators can see of the models in memory, and do with them.
public protocol ModelOperations: Sendable {
    /// The models that are in memory or on their way, by id; two copies of one while a new one replaces an old one.
    var loadedModels: [LoadedModel] { get }

    /// What has happened to models since the start.
    var modelCounts: ModelCounts { get }

    /// Loads a model now and returns when it is loaded.
    ///
    /// Models that were installed since the start are found.
    /// - Returns: False when it was loaded already.
    /// - Throws: ``RecognitionError`` with `modelUnknown`, what the load throws, or `CancellationError`; the load goes
    ///   on then.
    func load(_ id: String) async throws -> Bool

    /// Takes a model out of memory: at once, or when the requests that use it are done.
    ///
    /// No request fails: those that come meanwhile load it again.
    func unload(_ id: String) -> ModelUnloading
}

/// A model in memory.
public struct LoadedModel: Sendable, Hashable {
    /// Where it is in its life.
    public enum State: String, Sendable, CaseIterable {
        /// Requests wait for it.
        case loading
        /// Requests can use it.
        case loaded
        /// It goes when the requests that use it are done.
        case unloading
    }

    /// Its id.
    public var id: String
    /// Where it is in its life.
    public var state: State
    /// Requests that use it or wait for it.
    public var requestCount: Int
    /// How long nobody has used it; nil while somebody does.
    public var idle: Duration?
    /// How its batches fill; nil for models that do not work in batches.
    public var batching: BatchSchedulerStatus?

    /// Makes a status.
    public init(
        id: String, state: State, requestCount: Int = 0, idle: Duration? = nil, batching: BatchSchedulerStatus? = nil
    ) {
        self.id = id
        self.state = state
        self.requestCount = requestCount
        self.idle = idle
        self.batching = batching
    }
}

/// What has happened to models.
public struct ModelCounts: Sendable, Hashable {
    /// Models loaded.
    public var loads = 0
    /// Loads that failed.
    public var failures = 0
    /// Models that left memory.
    public var unloads = 0

    /// Nothing yet.
    public init() {}
}

/// What an unload did.
public enum ModelUnloading: Sendable, Hashable {
    /// There was nothing to unload.
    case notLoaded
    /// It is gone.
    case unloaded
    /// It goes when this many requests are done.
    case afterRequests(Int)
}
