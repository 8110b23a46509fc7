public import ParleyCore
import ParleyInference

/// OpenAI's Whisper (arXiv 2212.04356) in the public ONNX layouts.
public enum WhisperFamily: RecognizerFamily {
    /// See ``RecognizerFamily``.
    public static let name = "Whisper"

    /// See ``RecognizerFamily``.
    public static func matches(directory: String) -> Bool { WhisperFolder.matches(directory: directory) }

    /// See ``RecognizerFamily``.
    public static func describe(id: String, directory: String) throws -> ModelDescriptor {
        let folder = try WhisperFolder(directory: directory)
        // k2-fsa's layout keeps its lists inside the encoder, which is not loaded for a description.
        let special =
            folder.layout == .huggingFace ? try WhisperTokenizer(folder: folder, metadata: [:]).special : nil
        return descriptor(id: id, special: special, folder: folder)
    }

    /// See ``RecognizerFamily``.
    public static func load(id: String, directory: String, resources: FamilyResources) throws -> any SpeechRecognizer {
        let folder = try WhisperFolder(directory: directory)
        let runtime = try resources.runtime()
        let loader = WhisperLoader(
            id: id, folder: folder, runtime: runtime, batching: resources.batching,
            wanted: resources.precision, memory: resources.memory)
        let engines = try resources.devices.map { try loader.engine(on: $0) }
        return try WhisperRecognizer(
            descriptor: descriptor(id: id, special: engines.first?.tokenizer.special, folder: folder),
            engines: engines, batching: resources.batching)
    }

    /// What a model can do whose tokens are known; nil for those of a file that was not opened.
    static func descriptor(id: String, special: WhisperSpecialTokens?, folder: WhisperFolder) -> ModelDescriptor {
        let languages = special?.languages.map(\.code) ?? []
        return ModelDescriptor(
            id: id, summary: "Whisper in ONNX: \(languages.isEmpty ? "English" : "\(languages.count) languages").",
            owner: "openai", license: "MIT", languages: languages.isEmpty ? ["en"] : languages,
            canTranslate: special?.translate != nil && special?.isMultilingual == true, acceptsPrompt: true,
            maximumWindow: WhisperAudio.window, preferredWindow: WhisperAudio.window,
            longestPause: .seconds(5), createdUnixSeconds: 1_663_718_400)
    }
}
