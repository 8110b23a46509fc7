import Foundation
public import ParleyCore

/// PocketSphinx with a folder laid out as Debian's `pocketsphinx-en-us`.
public enum PocketSphinxFamily: RecognizerFamily {
    /// See ``RecognizerFamily``.
    public static let name = "PocketSphinx"

    /// See ``RecognizerFamily``.
    public static func matches(directory: String) -> Bool {
        FileManager.default.fileExists(atPath: directory + "/en-us/mdef")
    }

    /// See ``RecognizerFamily``.
    public static func describe(id: String, directory: String) -> ModelDescriptor {
        ModelDescriptor(
            id: id, summary: "PocketSphinx en-us: English, modest accuracy, needs no download.",
            owner: "cmusphinx", license: "BSD-2-Clause", languages: ["en"], canTranslate: false, acceptsPrompt: false,
            maximumWindow: .seconds(20), preferredWindow: .seconds(4), createdUnixSeconds: 1_430_000_000)
    }

    /// See ``RecognizerFamily``.
    public static func load(
        id: String, directory: String, resources: FamilyResources
    ) throws -> any SpeechRecognizer {
        try PocketSphinxRecognizer(id: id, modelDirectory: directory, decoderCount: resources.decoderCount)
    }
}
