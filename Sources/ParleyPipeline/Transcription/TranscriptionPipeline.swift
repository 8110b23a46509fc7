public import ParleyCore

/// The parts that a transcription is made of.
///
/// All are shared by all requests.
public struct PipelineParts: Sendable {
    /// Gives recognisers.
    public var models: any RecognizerSource
    /// Opens recordings.
    public var decoder: any AudioDecoder
    /// Finds speech.
    public var detector: any SpeechDetector
    /// Tells speakers apart; nil where its models are missing.
    public var diarizer: (any Diarizer)?

    /// Puts the parts together.
    public init(
        models: any RecognizerSource, decoder: any AudioDecoder, detector: any SpeechDetector,
        diarizer: (any Diarizer)?
    ) {
        self.models = models
        self.decoder = decoder
        self.detector = detector
        self.diarizer = diarizer
    }
}

/// Takes recordings through the stages: decoding, speech detection, recognition and, beside it, diarization.
public final class TranscriptionPipeline: Transcriber {
    private let parts: PipelineParts
    /// Threads for decoding and speech detection, shared by all requests: each step there lasts milliseconds.
    private let readerLane: BlockingLane

    /// - Parameters:
    ///   - parts: What the stages use; at least one model.
    ///   - readerThreadCount: Recordings that are decoded at the same time.
    public init(parts: PipelineParts, readerThreadCount: Int) {
        self.parts = parts
        readerLane = BlockingLane(name: "reader", threadCount: readerThreadCount)
    }

    /// See ``Transcriber``.
    public var models: [ModelDescriptor] { parts.models.descriptors }

    /// See ``Transcriber``.
    public func model(_ id: String?) throws -> ModelDescriptor { try parts.models.descriptor(id) }

    /// See ``Transcriber``.
    public func transcribe(
        _ input: AudioInput, options: TranscriptionOptions
    ) -> AsyncThrowingStream<TranscriptionEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let lease = try await parts.models.lease(options.modelID)
                    defer { lease.release() }
                    let run = TranscriptionRun(
                        recognizer: lease.recognizer, parts: parts, readerLane: readerLane,
                        options: options, emit: { continuation.yield($0) })
                    continuation.yield(.finished(try await run.transcribe(input)))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
