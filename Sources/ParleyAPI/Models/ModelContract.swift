import ParleyCore

/// What a model name allows in a request.
struct ModelContract: Sendable {
    /// The name.
    var id: String
    /// Response formats; the first is OpenAI's default.
    var formats: [TranscriptFormat]
    /// How `json` reports the cost.
    var usage = UsageKind.duration
    /// Whether `stream=true` streams; otherwise it is ignored.
    var streams = true
    /// Whether `include[]=logprobs` is allowed.
    var allowsLogProbabilities = false
    /// Whether a prompt is allowed.
    var allowsPrompt = true
    /// Whether `timestamp_granularities[]` is allowed.
    var allowsGranularities = false
    /// Whether `languages[]` and `keywords[]` are allowed.
    var allowsCandidates = false
    /// Whether `chunking_strategy` has to be given.
    var requiresChunkingStrategy = false
    /// Whether speakers are always told apart.
    var diarizes = false

    /// OpenAI's names, which stand for the default model and keep OpenAI's own rules, so that unchanged clients work.
    static let aliases: [ModelContract] = [
        ModelContract(id: "whisper-1", formats: whisperFormats, streams: false, allowsGranularities: true),
        ModelContract(id: "gpt-4o-transcribe", formats: [.json, .text], usage: .tokens, allowsLogProbabilities: true),
        ModelContract(
            id: "gpt-4o-mini-transcribe", formats: [.json, .text], usage: .tokens, allowsLogProbabilities: true),
        ModelContract(
            id: "gpt-4o-mini-transcribe-2025-12-15", formats: [.json, .text], usage: .tokens,
            allowsLogProbabilities: true),
        ModelContract(id: "gpt-transcribe", formats: [.json, .text], usage: .tokens, allowsCandidates: true),
        ModelContract(
            id: "gpt-4o-transcribe-diarize", formats: [.json, .text, .diarizedJSON], usage: .tokens,
            allowsPrompt: false, requiresChunkingStrategy: true, diarizes: true),
    ]

    /// What this server's own models allow: everything.
    static func own(_ id: String) -> ModelContract {
        ModelContract(
            id: id, formats: TranscriptFormat.allCases, allowsLogProbabilities: true, allowsGranularities: true,
            allowsCandidates: true)
    }

    /// The formats of whisper-1, and of every model when it translates.
    static let whisperFormats: [TranscriptFormat] = [.json, .text, .srt, .verboseJSON, .vtt]
    /// The formats that a stream can have.
    static let streamedFormats: [TranscriptFormat] = [.json, .text, .diarizedJSON]
}

/// The models that clients can name.
struct ModelDirectory: Sendable {
    let transcriber: any Transcriber

    /// A name resolved: the model that does the work and what may be asked of it.
    struct Entry: Sendable {
        var contract: ModelContract
        var descriptor: ModelDescriptor
    }

    /// Looks a name up.
    /// - Throws: ``APIError`` 404 for an unknown name.
    func entry(for name: String) throws -> Entry {
        if let alias = ModelContract.aliases.first(where: { $0.id == name }), !isInstalled(name) {
            return Entry(contract: alias, descriptor: try transcriber.model(nil))
        }
        guard let descriptor = try? transcriber.model(name), descriptor.id == name else {
            let shown = name.count > 100 ? name.prefix(100) + "…" : name
            throw APIError(
                status: 404, "The model '\(shown)' does not exist. GET /v1/models lists the models of this server.",
                param: "model", code: "model_not_found")
        }
        return Entry(contract: .own(descriptor.id), descriptor: descriptor)
    }

    /// All names: the installed models, then the aliases.
    func entries() -> [Entry] {
        let own = transcriber.models.map { Entry(contract: .own($0.id), descriptor: $0) }
        guard let standard = try? transcriber.model(nil) else { return own }
        return own
            + ModelContract.aliases.filter { !isInstalled($0.id) }.map { Entry(contract: $0, descriptor: standard) }
    }

    private func isInstalled(_ id: String) -> Bool { transcriber.models.contains { $0.id == id } }
}
