public import ParleyCore
public import ParleyInference

/// Voice activity by Silero VAD v6, in its sequence form for 16 kHz.
///
/// Source: snakers4/silero-vad v6 (MIT). The network takes frames of 512 samples, each preceded by the 64 samples
/// before it, and carries an LSTM state of 128 values. The sequence form gives the same probabilities as the
/// frame-by-frame form, bit for bit, at more than twice the speed.
public struct SileroDetector: SpeechDetector {
    private let session: OnnxSession

    /// Checks that the model has the inputs and outputs of the sequence form.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    public init(session: OnnxSession) throws(InferenceError) {
        try session.require(
            inputs: ["input": .float32, "h": .float32, "c": .float32],
            outputs: ["speech_probs": .float32, "hn": .float32, "cn": .float32])
        self.session = session
    }

    /// See ``SpeechDetector``.
    public func makeSession() throws -> any SpeechDetectionSession {
        SileroSession(session: session)
    }
}

/// Silero's state over one recording.
final class SileroSession: SpeechDetectionSession, @unchecked Sendable {  // invariant: one caller at a time (port)
    let frameSampleCount = 512
    private static let contextSampleCount = 64
    private static let stateShape = [1, 1, 128]

    private let session: OnnxSession
    private var hidden = Tensor([Float](repeating: 0, count: 128), shape: stateShape)
    private var cell = Tensor([Float](repeating: 0, count: 128), shape: stateShape)
    /// The last ``contextSampleCount`` samples before ``pending``, then what does not fill a frame yet.
    private var pending = [Float](repeating: 0, count: contextSampleCount)

    init(session: OnnxSession) { self.session = session }

    func push(_ samples: [Float], cancellation: CancellationFlag) throws -> [Float] {
        pending += samples
        let frameCount = (pending.count - Self.contextSampleCount) / frameSampleCount
        guard frameCount > 0 else { return [] }
        var frames: [Float] = []
        frames.reserveCapacity(frameCount * (frameSampleCount + Self.contextSampleCount))
        for index in 0..<frameCount {
            let start = index * frameSampleCount
            frames += pending[start..<(start + Self.contextSampleCount + frameSampleCount)]
        }
        pending.removeFirst(frameCount * frameSampleCount)
        let input = Tensor(frames, shape: [frameCount, Self.contextSampleCount + frameSampleCount])
        let outputs = try session.run(["input": input, "h": hidden, "c": cell], cancellation: cancellation)
        guard let probabilities = outputs["speech_probs"], let hidden = outputs["hn"], let cell = outputs["cn"] else {
            throw InferenceError(.runFailed, model: session.name, "The speech detector gave no answer.")
        }
        self.hidden = hidden
        self.cell = cell
        return probabilities.float32s
    }

    func finish(cancellation: CancellationFlag) throws -> [Float] {
        let rest = pending.count - Self.contextSampleCount
        guard rest > 0 else { return [] }
        return try push([Float](repeating: 0, count: frameSampleCount - rest), cancellation: cancellation)
    }
}
