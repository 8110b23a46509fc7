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
        var metadata: [String: String] = [:]
        // k2-fsa's layout keeps its lists inside the encoder, which need not be loaded for them.
        if folder.layout != .huggingFace, let encoder = folder.precisions.first.flatMap(folder.networks)?.paths.first {
            metadata = try OnnxFileMetadata.read(
                path: encoder, name: "\(id)/\(encoder.split(separator: "/").last ?? "")")
        }
        return descriptor(id: id, special: try WhisperTokenizer(folder: folder, metadata: metadata).special)
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
            descriptor: descriptor(id: id, special: engines.first?.tokenizer.special),
            engines: engines, batching: resources.batching)
    }

    /// What a model with some special tokens can do.
    static func descriptor(id: String, special: WhisperSpecialTokens?) -> ModelDescriptor {
        let languages = special?.languages.map(\.code) ?? []
        return ModelDescriptor(
            id: id, summary: "Whisper in ONNX: \(languages.isEmpty ? "English" : "\(languages.count) languages").",
            owner: "openai", license: "MIT", languages: languages.isEmpty ? ["en"] : languages,
            canTranslate: special?.translate != nil && special?.isMultilingual == true, acceptsPrompt: true,
            maximumWindow: WhisperAudio.window, preferredWindow: WhisperAudio.window,
            longestPause: .seconds(5), createdUnixSeconds: 1_663_718_400)
    }
}
