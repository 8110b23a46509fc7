/// A loaded voice activity model, shared by all requests.
public protocol SpeechDetector: Sendable {
    /// Starts detection on one recording.
    /// - Throws: ``InferenceError``
    func makeSession() throws -> any SpeechDetectionSession
}

/// Voice activity in one recording, front to back.
///
/// Not thread-safe; calls block.
public protocol SpeechDetectionSession: AnyObject, Sendable {
    /// Samples that one probability stands for.
    var frameSampleCount: Int { get }

    /// Takes the next samples of the recording and returns the speech probabilities, 0...1, of the frames that they
    /// complete.
    /// - Throws: ``InferenceError`` or `CancellationError`
    func push(_ samples: [Float], cancellation: CancellationFlag) throws -> [Float]

    /// The probabilities of what is left at the end of the recording, padded with silence.
    /// - Throws: ``InferenceError`` or `CancellationError`
    func finish(cancellation: CancellationFlag) throws -> [Float]
}
