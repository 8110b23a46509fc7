/// A stage of the work, as progress reports name it.
public enum TranscriptionStage: String, Sendable, CaseIterable {
    /// Waiting for a place among the requests at work.
    case queued
    /// Decoding, finding speech, recognising words and comparing voices, all at once.
    case transcribing
    /// Decoding and comparing voices, without recognising words.
    case diarizing
    /// Deciding over the whole recording who spoke.
    case clustering
}

/// How far the work is.
public struct TranscriptionProgress: Sendable, Hashable {
    /// What is being done.
    public var stage: TranscriptionStage
    /// Seconds of the recording that are done.
    public var processedSeconds: Double
    /// Length of the recording in seconds: as claimed until it is known; nil while unknown.
    public var totalSeconds: Double?

    /// Makes a report.
    public init(stage: TranscriptionStage, processedSeconds: Double, totalSeconds: Double?) {
        self.stage = stage
        self.processedSeconds = processedSeconds
        self.totalSeconds = totalSeconds
    }
}

/// What happens during a transcription, in order; the last is always ``finished(_:)``.
public enum TranscriptionEvent: Sendable {
    /// How far the work is.
    case progress(TranscriptionProgress)
    /// A finished segment, in order of time. Only with ``TranscriptionOptions/emitsSegmentsEarly``; the transcript
    /// repeats them unchanged.
    case segment(Segment)
    /// The whole result.
    case finished(Transcript)
}

/// Turns recordings into transcripts: the one thing that the API and the command line ask for.
public protocol Transcriber: Sendable {
    /// The models that can be asked for; the first is the default.
    var models: [ModelDescriptor] { get }

    /// The model for an id; nil takes the default. Aliases are the caller's matter.
    /// - Throws: ``RecognitionError`` with `modelUnknown`.
    func model(_ id: String?) throws -> ModelDescriptor

    /// Transcribes a recording. Ending the iteration early, or cancelling the iterating task, stops all its work.
    /// - Returns: Events, buffered without bound but few: a handful per second of work.
    func transcribe(_ input: AudioInput, options: TranscriptionOptions) -> AsyncThrowingStream<
        TranscriptionEvent, any Error
    >
}
