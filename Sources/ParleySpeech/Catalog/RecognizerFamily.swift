public import ParleyCore

/// A kind of recogniser: one folder in `Families/` and one line in ``FamilyCatalog/all``.
public protocol RecognizerFamily: Sendable {
    /// Short name for lists and messages (`PocketSphinx`).
    static var name: String { get }

    /// Whether a folder holds a model of this family, judged by the names of its files.
    static func matches(directory: String) -> Bool

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
    /// Windows that may be decoded at the same time.
    public var decoderCount: Int

    /// Makes resources.
    public init(decoderCount: Int) { self.decoderCount = decoderCount }
}
