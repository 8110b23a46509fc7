public import ParleyCore
public import ParleyInference

/// A kind of recogniser: one folder in `Families/` and one line in ``FamilyCatalog/all``.
public protocol RecognizerFamily: Sendable {
    /// Short name for lists and messages (`PocketSphinx`).
    static var name: String { get }

    /// Whether a folder holds a model of this family, judged by the names of its files.
    static func matches(directory: String) -> Bool

    /// What a model can do, without loading its weights. Blocking: reads its small files.
    /// - Parameters:
    ///   - id: The id that clients use for it.
    ///   - directory: The model's folder.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`, naming the file at fault and what to do.
    static func describe(id: String, directory: String) throws -> ModelDescriptor

    /// Loads a model. Blocking, may take seconds.
    /// - Parameters:
    ///   - id: The id that clients use for it.
    ///   - directory: The model's folder.
    ///   - resources: What it may use of this machine.
    /// - Throws: ``RecognitionError`` with `modelUnavailable` or ``InferenceError``.
    static func load(id: String, directory: String, resources: FamilyResources) throws -> any SpeechRecognizer
}

/// What a family may use of this machine.
public struct FamilyResources: Sendable {
    /// Windows that may be decoded at the same time by families that decode one by one.
    public var decoderCount: Int
    /// Gives the library that runs networks; asked by the families that have networks.
    public var runtime: @Sendable () throws(InferenceError) -> OnnxRuntime
    /// Where networks run, at least one device; a model is loaded on each.
    public var devices: [InferenceDevice]
    /// The weights to be loaded; nil takes those that suit the device.
    public var precision: WeightPrecision?
    /// The devices' memory; nil loads without asking.
    public var memory: ModelMemory?
    /// How windows of all requests are gathered into batches.
    public var batching: BatchingOptions

    /// Makes resources.
    public init(
        decoderCount: Int, devices: [InferenceDevice] = [.cpu], precision: WeightPrecision? = nil,
        memory: ModelMemory? = nil, batching: BatchingOptions = BatchingOptions(),
        runtime: @escaping @Sendable () throws(InferenceError) -> OnnxRuntime = { () throws(InferenceError) in
            try OnnxRuntime.load(firstOf: [])
        }
    ) {
        self.decoderCount = decoderCount
        self.runtime = runtime
        self.devices = devices
        self.precision = precision
        self.memory = memory
        self.batching = batching
    }
}
