import Foundation
import ParleyAudio
import ParleyCore
import ParleyInference
import ParleyPipeline
import ParleySpeech

/// Loads libraries and the models of the stages as the settings say and puts the pipeline together; recognisers come
/// from a ``ModelShelf``.
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

    /// Takes recordings through the stages.
    func pipeline(_ parts: PipelineParts) -> TranscriptionPipeline {
        TranscriptionPipeline(parts: parts, readerThreadCount: coreCount)
    }

    /// The inference library, the devices it runs on and their memory.
    /// - Throws: ``InferenceError``, with a sentence that says what to do.
    func machine() throws(InferenceError) -> InferenceMachine {
        try InferenceMachine(runtime: try loadRuntime(), settings: settings)
    }

    /// The models, none of them loaded yet.
    /// - Parameters:
    ///   - machine: Where they run.
    ///   - options: How long models stay.
    ///   - observe: Told what happens to models.
    /// - Throws: ``RecognitionError`` when the model that was asked for is not there.
    func models(
        on machine: InferenceMachine, _ options: ModelShelf.Options = .init(),
        observe: @escaping @Sendable (ModelEvent) -> Void = { _ in }
    ) throws -> ModelShelf {
        let resources = FamilyResources(
            decoderCount: settings.models.decoders ?? coreCount, devices: machine.devices,
            precision: settings.models.precision, memory: machine.memory, batching: settings.batching,
            runtime: { machine.runtime })
        let installed = LoadableModels(settings.models, resources: resources)
        return try ModelShelf(catalog: { installed.list() }, options: options, observe: observe)
    }

    /// What the stages use.
    /// - Throws: ``InferenceError``, with a sentence that says what to do.
    func parts(_ models: any RecognizerSource, on machine: InferenceMachine) throws -> PipelineParts {
        let decoder = Self.decoder(settings)
        return PipelineParts(
            models: models, decoder: decoder, detector: try detector(on: machine),
            diarizer: try diarizer(decoder, on: machine))
    }

    /// What tells speakers apart where no words are wanted.
    /// - Throws: ``InferenceError``, with a sentence that says what to do.
    func diarization(on machine: InferenceMachine) throws -> DiarizationPipeline {
        let decoder = Self.decoder(settings)
        return DiarizationPipeline(
            decoder: decoder, detector: try detector(on: machine), diarizer: try diarizer(decoder, on: machine),
            readerThreadCount: coreCount)
    }

    private func detector(on machine: InferenceMachine) throws(InferenceError) -> SileroDetector {
        try SileroDetector(
            session: machine.runtime.loadModel(path: "\(bundled.folder)/silero_vad.onnx", name: "silero_vad"))
    }

    /// What tells voices apart, without anything else.
    /// - Throws: ``InferenceError``, with a sentence that says what to do.
    func diarizer(on machine: InferenceMachine) throws -> any Diarizer {
        try diarizer(Self.decoder(settings), on: machine)
    }

    private func diarizer(_ decoder: any AudioDecoder, on machine: InferenceMachine) throws -> OfflineDiarizer {
        try DiarizerLoader(settings: settings.diarization, bundledFolder: bundled.folder, threadCount: coreCount)
            .diarizer(decoder, on: machine)
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
}
