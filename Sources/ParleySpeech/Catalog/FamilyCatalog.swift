import Foundation
public import ParleyCore

/// All families, and the way from a folder to a loaded recogniser.
public enum FamilyCatalog {
    /// One line for each family.
    public static let all: [any RecognizerFamily.Type] = [
        PocketSphinxFamily.self,
        WhisperFamily.self,
    ]

    /// Loads the model in a folder, whichever family it is of.
    ///
    /// Blocking.
    /// - Throws: ``RecognitionError`` with `modelUnavailable` when no family knows the folder; what the family throws.
    public static func load(id: String, directory: String, resources: FamilyResources) throws -> any SpeechRecognizer {
        try family(of: directory, id: id).load(id: id, directory: directory, resources: resources)
    }

    /// What the model in a folder can do, without loading its weights.
    ///
    /// Blocking.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`.
    public static func describe(id: String, directory: String) throws -> ModelDescriptor {
        try family(of: directory, id: id).describe(id: id, directory: directory)
    }

    /// Name of the family that knows a folder; nil when none does.
    public static func familyName(directory: String) -> String? {
        all.first { $0.matches(directory: directory) }?.name
    }

    private static func family(of directory: String, id: String) throws(RecognitionError) -> any RecognizerFamily.Type {
        if let family = all.first(where: { $0.matches(directory: directory) }) { return family }
        let names = all.map { $0.name }.joined(separator: ", ")
        throw RecognitionError(
            .modelUnavailable, "The folder of the model '\(id)' holds no model of a known family (\(names)).",
            underlying: directory)
    }
}
