public import ParleyCore

/// A model that is installed: what it can do is told without loading it.
public struct LoadableModel: Sendable {
    /// The id that clients use.
    public var id: String
    /// The folder of its files.
    public var directory: String
    /// Reads what it can do from its small files; blocking.
    public var describe: @Sendable () throws -> ModelDescriptor
    /// Loads it; blocking, may take long.
    public var load: @Sendable () throws -> any SpeechRecognizer

    /// Makes a known model.
    public init(
        id: String, directory: String, describe: @escaping @Sendable () throws -> ModelDescriptor,
        load: @escaping @Sendable () throws -> any SpeechRecognizer
    ) {
        self.id = id
        self.directory = directory
        self.describe = describe
        self.load = load
    }
}

/// What happens to models, for the log.
public enum ModelEvent: Sendable {
    /// A folder that looks like a model can't be used.
    case unusable(id: String, error: any Error)
    /// A load began.
    case loading(id: String)
    /// A load ended well.
    case loaded(id: String, after: Duration)
    /// A load failed; the next request for the model tries again.
    case failed(id: String, error: any Error)
    /// A model left memory.
    case unloaded(id: String)
}
