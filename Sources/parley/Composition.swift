import Foundation
import ParleyAPI
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
    /// Loads the models that tell speakers apart, and no recogniser.
    var diarization: @Sendable (Settings) async throws -> DiarizationPipeline
    /// Loads the models that are to stay and builds what a server works with.
    var serving: @Sendable (Settings, Log) async throws -> ServingParts
    /// Loads what tells voices apart.
    var diarizer: @Sendable (Settings) async throws -> any Diarizer
    /// The stored voices; the closure is told of files that are damaged.
    var voices: @Sendable (Settings, _ onDamage: @escaping @Sendable (String, String) -> Void) -> any VoiceProfileStore
    /// Builds the API and starts the server; its folder for uploads is one of the temporary files.
    var server: @Sendable (Settings, ServingParts, Log, TemporaryFiles) async throws -> any RunningServer
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

/// What a server works with.
struct ServingParts: Sendable {
    /// Does the work.
    var transcriber: any Transcriber
    /// The models in memory.
    var models: any ModelOperations
    /// Enrols and keeps voices; nil where that is switched off.
    var voices: VoiceEnrolment?
    /// What requests have to wait for.
    var memory = ModelMemory.unlimited
    /// Memory of the devices.
    var deviceMemory: @Sendable () -> [DeviceMemoryReport] = { [] }
}

extension Composition {
    /// The real parts.
    static let live = Composition(
        parts: { settings in
            try await loadedParts(LiveTranscriber(settings))
        },
        transcriber: { settings in
            let live = LiveTranscriber(settings)
            return live.pipeline(try await loadedParts(live))
        },
        diarization: { settings in
            try await onLane {
                let live = LiveTranscriber(settings)
                return try live.diarization(on: try live.machine())
            }
        },
        serving: { settings, log in
            let live = LiveTranscriber(settings)
            let machine = try await onLane { try live.machine() }
            ModelLog(log).write(machine)
            let models = try await onLane { try ModelLog(log).shelf(settings.models, live, machine) }
            let parts = try await onLane { try live.parts(models, on: machine) }
            for id in settings.models.preloadedModels ?? models.descriptors.prefix(1).map(\.id) {
                _ = try await models.load(id)
            }
            return ServingParts(
                transcriber: live.pipeline(parts), models: models,
                voices: enrolment(settings, parts.diarizer, log), memory: machine.memory,
                deviceMemory: { machine.memory.reports })
        },
        diarizer: { settings in
            let live = LiveTranscriber(settings)
            return try await onLane { try live.diarizer(on: live.machine()) }
        },
        voices: { storedVoices($0, onDamage: $1) },
        server: { settings, parts, log, temporaryFiles in
            try await APIServer.start(
                settings, parts: parts, decoder: LiveTranscriber.decoder(settings),
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

    /// Stored voices, where a server is to keep them.
    private static func enrolment(_ settings: Settings, _ diarizer: (any Diarizer)?, _ log: Log) -> VoiceEnrolment? {
        guard settings.diarization.keepsProfiles, let diarizer else { return nil }
        let store = storedVoices(settings) { file, cause in
            log.write(
                .warning, "a stored voice is damaged and left out; enrol it again and remove the file",
                [("file", .string(file)), ("cause", .string(cause))])
        }
        return VoiceEnrolment(store: store, diarizer: diarizer)
    }

    private static func storedVoices(
        _ settings: Settings, onDamage: @escaping @Sendable (String, String) -> Void
    ) -> any VoiceProfileStore {
        VoiceProfileFolder(
            path: "\(settings.models.dataDirectory)/speakers",
            maximumCount: settings.diarization.maximumProfileCount, onDamage: onDamage)
    }

    /// The parts with the default model loaded, so that what is wrong with it is told before any work is begun.
    private static func loadedParts(_ live: LiveTranscriber) async throws -> PipelineParts {
        let parts = try await onLane {
            let machine = try live.machine()
            return try live.parts(live.models(on: machine), on: machine)
        }
        try await parts.models.lease(nil).release()
        return parts
    }

    private static func onLane<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await BlockingLane(name: "load").run(body)
    }

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
