import ParleyAudio
import ParleyCore
import ParleyInference

/// A loaded Whisper model: windows of all requests in one queue, decoded in batches.
final class WhisperRecognizer: SpeechRecognizer, BatchReporting {
    let descriptor: ModelDescriptor
    let concurrency: Int

    private let engine: WhisperEngine
    private let scheduler: BatchScheduler<WhisperJob, WhisperBucket, WindowHypothesis>
    private let mel: LogMelSpectrogram
    /// Features are computed beside the networks.
    private let melLane: BlockingLane

    /// - Parameters:
    ///   - descriptor: What the model can do.
    ///   - engines: One per device, at least one; all of the same model.
    ///   - batching: How windows are gathered.
    /// - Throws: ``InferenceError`` with `invalidArgument` without an engine.
    init(descriptor: ModelDescriptor, engines: [WhisperEngine], batching: BatchingOptions) throws(InferenceError) {
        guard let engine = engines.first else {
            throw InferenceError(.invalidArgument, model: descriptor.id, "A model needs a device.")
        }
        self.descriptor = descriptor
        self.engine = engine
        // The next batch fills up while one is at work.
        concurrency = batching.maximumBatch * engines.count * 2
        mel = LogMelSpectrogram(melCount: engine.configuration.melCount)
        melLane = BlockingLane(name: "log-mel", threadCount: 2)
        scheduler = BatchScheduler(
            name: descriptor.id, options: batching,
            replicas: engines.map { engine in { engine.execute($0, $1, $2) } })
    }

    /// See `BatchReporting`.
    var batching: BatchSchedulerStatus? { scheduler.status }

    func recognize(_ window: AudioWindow, options: RecognitionOptions) async throws -> WindowHypothesis {
        if options.task == .translate, !descriptor.canTranslate {
            throw RecognitionError(.translationUnsupported, "The model '\(descriptor.id)' can't translate.")
        }
        guard window.samples.count <= WhisperAudio.sampleCount else {
            throw RecognitionError(.decodingFailed, "A window is longer than the model's 30 seconds.")
        }
        let features = try await melLane.run { [mel] in mel.features(window.samples).values }
        let job = WhisperJob(
            features: features, span: window.span, options: options,
            language: engine.tokenizer.special.isMultilingual ? options.language : "en")
        return try await scheduler.run(
            job, bucket: try engine.bucket(of: job), request: options.request, priority: options.priority)
    }
}
