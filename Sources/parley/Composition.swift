import ParleyCore

/// Builds the parts that do the work from the settings: the one place where adapters meet.
///
/// A value of closures, so that tests put their own parts in.
struct Composition: Sendable {
    /// Loads the models and builds the pipeline.
    var transcriber: @Sendable (Settings) async throws -> any Transcriber
    /// Builds the API and starts the server.
    var server: @Sendable (Settings, any Transcriber, Log) async throws -> any RunningServer
    /// The models that Parley knows.
    var models: @Sendable (Settings) -> [InstalledModel]
    /// Finds out what `parley doctor` tells about.
    var examine: @Sendable (Settings) async -> SystemFacts
    /// Path of the sample dialogue.
    var samplePath: @Sendable (Settings) -> String
}

extension Composition {
    /// The real parts.
    static let live = Composition(
        transcriber: { settings in
            let loading = BlockingLane(name: "load")
            return try await loading.run { try LiveTranscriber(settings).load() }
        },
        server: { _, _, _ in throw CommandFailure(.unavailable, "the server is not wired up yet") },
        models: { settings in
            let model = BundledModel(settings.models)
            return [
                InstalledModel(
                    id: BundledModel.id,
                    summary: "PocketSphinx with speech detection and speakers; English, modest accuracy",
                    languages: ["en"], license: "BSD-2-Clause AND MIT AND Apache-2.0", path: model.folder,
                    byteCount: model.byteCount,
                    missingFiles: model.missingFiles)
            ]
        },
        examine: { settings in SystemExamination(settings).facts() },
        samplePath: { settings in BundledModel(settings.models).samplePath })
}
