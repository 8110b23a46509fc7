import Foundation
import ParleyCore
import ParleyHub
import ParleyInference
import ParleyPipeline

/// Builds the parts that do the work from the settings: the one place where adapters meet.
///
/// A value of closures, so that tests put their own parts in.
struct Composition: Sendable {
    /// Loads the models.
    var parts: @Sendable (Settings) async throws -> PipelineParts
    /// Loads the models and builds the pipeline.
    var transcriber: @Sendable (Settings) async throws -> any Transcriber
    /// Builds the API and starts the server; its folder for uploads is one of the temporary files.
    var server: @Sendable (Settings, any Transcriber, Log, TemporaryFiles) async throws -> any RunningServer
    /// The models that Parley knows.
    var models: @Sendable (Settings) -> [KnownModel]
    /// Pulls a model from the hub; the closure is told what happens.
    var pull: @Sendable (PullRequest, Settings, @escaping @Sendable (PullEvent) -> Void) async throws -> PullOutcome
    /// Removes a pulled model and gives its bytes; the closure is told when another process is waited for.
    var remove: @Sendable (String, Settings, @escaping @Sendable () -> Void) async throws -> Int
    /// Finds out what `parley doctor` tells about.
    var examine: @Sendable (Settings) async -> SystemFacts
    /// Path of the sample dialogue.
    var samplePath: @Sendable (Settings) -> String
}

extension Composition {
    /// The real parts.
    static let live = Composition(
        parts: { settings in
            let loading = BlockingLane(name: "load")
            return try await loading.run { try LiveTranscriber(settings).parts() }
        },
        transcriber: { settings in
            let loading = BlockingLane(name: "load")
            return try await loading.run { try LiveTranscriber(settings).load() }
        },
        server: { settings, transcriber, log, temporaryFiles in
            try await APIServer.start(
                settings, transcriber: transcriber, decoder: LiveTranscriber.decoder(settings),
                coreCount: AvailableCores.count(), log: log, temporaryFiles: temporaryFiles)
        },
        models: { KnownModel.all($0) },
        pull: { request, settings, onEvent in
            let pull = ModelPull(dataDirectory: settings.models.dataDirectory, access: settings.hub.access)
            let lane = BlockingLane(name: "pull")
            return try await withCancellationFlag { flag in
                try await lane.run { try pull.run(request, cancellation: flag, onEvent: onEvent) }
            }
        },
        remove: { id, settings, onWait in
            let store = ModelStore(dataDirectory: settings.models.dataDirectory)
            let lane = BlockingLane(name: "remove")
            return try await withCancellationFlag { flag in
                try await lane.run { try store.remove(id, cancellation: flag, onWait: onWait) }
            }
        },
        examine: { settings in
            let lane = BlockingLane(name: "parley-doctor")
            let facts = try? await lane.run {
                var facts = SystemExamination(settings).facts()
                facts.inference = inferenceLibrary(settings.models)
                return facts
            }
            return facts ?? SystemFacts()
        },
        samplePath: { settings in BundledModel(settings.models).samplePath })

    /// Where the inference library is looked for, best first.
    private static func libraryCandidates(_ settings: ModelSettings) -> [String] {
        settings.onnxRuntimeLibrary.map { [$0] }
            ?? OnnxRuntime.defaultLibraryCandidates(dataDirectory: settings.dataDirectory)
    }

    /// What `parley doctor` says about the inference library.
    private static func inferenceLibrary(
        _ settings: ModelSettings
    ) -> Result<SystemFacts.InferenceLibrary, CommandFailure> {
        let candidates = libraryCandidates(settings)
        do throws(InferenceError) {
            let runtime = try OnnxRuntime.load(firstOf: candidates)
            let path = candidates.first { FileManager.default.isReadableFile(atPath: $0) } ?? ""
            return .success(.init(path: path, version: runtime.version, providers: runtime.availableProviders))
        } catch {
            return .failure(CommandFailure(error))
        }
    }
}
