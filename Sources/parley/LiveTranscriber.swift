import Foundation
import ParleyAudio
import ParleyCore
import ParleyHub
import ParleyInference
import ParleyPipeline
import ParleySpeech

/// Loads libraries and models as the settings say and puts the pipeline together.
///
/// Blocking, takes a second or two.
struct LiveTranscriber: Sendable {
    private let settings: Settings
    private let bundled: BundledModel
    private let coreCount: Int

    init(_ settings: Settings) {
        self.settings = settings
        bundled = BundledModel(settings.models)
        coreCount = settings.models.threads ?? AvailableCores.count()
    }

    /// - Throws: ``InferenceError`` or ``RecognitionError``, with a sentence that says what to do.
    func load() throws -> TranscriptionPipeline {
        TranscriptionPipeline(parts: try parts(), readerThreadCount: coreCount)
    }

    /// What the stages use.
    /// - Throws: ``InferenceError`` or ``RecognitionError``, with a sentence that says what to do.
    func parts() throws -> PipelineParts {
        let runtime = try loadRuntime()
        let decoder = Self.decoder(settings)
        let detector = try SileroDetector(session: network("silero_vad", runtime))
        let diarizer = try BundledDiarizer(
            segmentation: network("segmentation", runtime), encoder: network("speaker_encoder", runtime),
            decoder: decoder,
            acceptance: settings.diarization.knownSpeakerThreshold ?? BundledDiarizer.defaultAcceptance,
            threadCount: coreCount)
        return PipelineParts(
            models: LoadedRecognizers([try loadRecognizer(runtime)]), decoder: decoder, detector: detector,
            diarizer: diarizer)
    }

    /// Reads recordings within the limits of the settings.
    static func decoder(_ settings: Settings) -> any AudioDecoder {
        FFmpegDecoder(
            limits: DecodeLimits(
                maximumDuration: settings.limits.audioDuration, maximumChannels: settings.limits.channels))
    }

    private func loadRuntime() throws(InferenceError) -> OnnxRuntime {
        let options = RuntimeOptions(intraOpThreadCount: coreCount)
        if let path = settings.models.onnxRuntimeLibrary {
            return try OnnxRuntime.load(libraryPath: path, options: options)
        }
        let candidates = OnnxRuntime.defaultLibraryCandidates(dataDirectory: settings.models.dataDirectory)
        return try OnnxRuntime.load(firstOf: candidates, options: options)
    }

    private func network(_ name: String, _ runtime: OnnxRuntime) throws(InferenceError) -> OnnxSession {
        try runtime.loadModel(path: "\(bundled.folder)/\(name).onnx", name: name)
    }

    /// The bundled recogniser, an installed one, or the one in the folder that `--model` names.
    private func loadRecognizer(_ runtime: OnnxRuntime) throws -> any SpeechRecognizer {
        let wanted = settings.models.model
        let resources = FamilyResources(
            decoderCount: settings.models.decoders ?? coreCount,
            precision: settings.models.precision,
            batching: settings.batching,
            runtime: { () throws(InferenceError) in runtime })
        if wanted == BundledModel.id {
            return try FamilyCatalog.load(
                id: wanted, directory: settings.models.pocketSphinxModel, resources: resources)
        }
        let installed = InstalledModels(dataDirectory: settings.models.dataDirectory)
        if let folder = installed.directory(of: wanted) {
            return try FamilyCatalog.load(id: wanted, directory: folder, resources: resources)
        }
        guard wanted.contains("/") else {
            let known = ModelCatalog.model(wanted)
            throw RecognitionError(
                .modelUnknown,
                known == nil
                    ? "No model is called '\(wanted)'; `parley models list` shows what there is."
                    : "The model '\(wanted)' is not installed; `parley models pull \(wanted)` fetches it.")
        }
        let folder = URL(fileURLWithPath: wanted).standardizedFileURL
        return try FamilyCatalog.load(id: folder.lastPathComponent, directory: folder.path, resources: resources)
    }
}
