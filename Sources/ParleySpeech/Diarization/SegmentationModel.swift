import ParleyCore
import ParleyInference

/// A network that says, for a window of audio and for each of a few local speakers, how likely they talk.
///
/// The bundled one is pyannote's multilabel segmentation (Bredin & Laurent, "End-to-end speaker segmentation for
/// overlap-aware resegmentation", 2021): 5 s windows, 3 local speakers, a frame every 270 samples. All numbers come
/// from the model's metadata.
struct SegmentationModel: Sendable {
    /// Samples per window.
    let windowSampleCount: Int
    /// Local speakers per window.
    let localSpeakerCount: Int
    /// Samples from one frame to the next.
    let frameShiftSamples: Int
    /// Samples that one frame sees; its middle is what the frame speaks of.
    let frameSizeSamples: Int

    private let session: OnnxSession

    /// - Throws: ``InferenceError`` with `modelForeign` when the metadata or tensors are not those of the family.
    init(session: OnnxSession) throws(InferenceError) {
        func number(_ key: String) throws(InferenceError) -> Int {
            guard let value = session.metadata[key].flatMap({ Int($0) }), (1...16_000_000).contains(value) else {
                throw InferenceError(
                    .modelForeign, model: session.name,
                    "The segmentation model lacks its metadata '\(key)'; run the set-up again to rebuild it.")
            }
            return value
        }
        windowSampleCount = try number("window_size")
        localSpeakerCount = try number("num_speakers")
        frameShiftSamples = try number("receptive_field_shift")
        frameSizeSamples = try number("receptive_field_size")
        try session.require(inputs: ["waveform": .float32], outputs: ["activity": .float32])
        guard session.metadata["kind"] == "multilabel", windowSampleCount > frameSizeSamples else {
            throw InferenceError(
                .modelForeign, model: session.name, "This is not a multilabel segmentation model of Parley's set-up.")
        }
        self.session = session
    }

    /// Frames per window.
    var frameCount: Int { (windowSampleCount - frameSizeSamples) / frameShiftSamples + 1 }

    /// Posteriors of a batch of windows, each of ``windowSampleCount`` samples.
    ///
    /// Blocking.
    /// - Returns: For each window, flat `[frame][speaker]`.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func posteriors(_ windows: [[Float]], cancellation: CancellationFlag) throws -> [[Float]] {
        guard !windows.isEmpty else { return [] }
        let input = Tensor(windows.flatMap { $0 }, shape: [windows.count, 1, windowSampleCount])
        let outputs = try session.run(["waveform": input], cancellation: cancellation)
        guard let activity = outputs["activity"], activity.shape.count == 3, activity.shape[0] == windows.count,
            activity.shape[1] == frameCount, activity.shape[2] == localSpeakerCount
        else {
            throw InferenceError(
                .modelForeign, model: session.name, "The segmentation model's output has a wrong shape.")
        }
        let stride = frameCount * localSpeakerCount
        return activity.withFloat32s { values in
            windows.indices.map { Array(values[($0 * stride)..<(($0 + 1) * stride)]) }
        }
    }
}
