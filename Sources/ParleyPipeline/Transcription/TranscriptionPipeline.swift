public import ParleyCore

/// The parts that a transcription is made of.
///
/// All are shared by all requests.
public struct PipelineParts: Sendable {
    /// Recognisers; the first is the default.
    public var recognizers: [any SpeechRecognizer]
    /// Opens recordings.
    public var decoder: any AudioDecoder
    /// Finds speech.
    public var detector: any SpeechDetector
    /// Tells speakers apart; nil where its models are missing.
    public var diarizer: (any Diarizer)?

    /// Puts the parts together.
    public init(
        recognizers: [any SpeechRecognizer], decoder: any AudioDecoder, detector: any SpeechDetector,
        diarizer: (any Diarizer)?
    ) {
        self.recognizers = recognizers
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
    ///   - parts: What the stages use; at least one recogniser.
    ///   - readerThreadCount: Recordings that are decoded at the same time.
    public init(parts: PipelineParts, readerThreadCount: Int) {
        self.parts = parts
        readerLane = BlockingLane(name: "reader", threadCount: readerThreadCount)
    }

    /// See ``Transcriber``.
    public var models: [ModelDescriptor] { parts.recognizers.map(\.descriptor) }

    /// See ``Transcriber``.
    public func model(_ id: String?) throws -> ModelDescriptor { try recognizer(id).descriptor }

    /// See ``Transcriber``.
    public func transcribe(
        _ input: AudioInput, options: TranscriptionOptions
    ) -> AsyncThrowingStream<TranscriptionEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let run = TranscriptionRun(
                        recognizer: try recognizer(options.modelID), parts: parts, readerLane: readerLane,
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

    private func recognizer(_ id: String?) throws -> any SpeechRecognizer {
        guard let recognizer = parts.recognizers.first(where: { id == nil || $0.descriptor.id == id }) else {
            throw RecognitionError(.modelUnknown, "The model '\(id ?? "")' does not exist here.")
        }
        return recognizer
    }
}
