import ParleyCore
import ParleyInference

/// A network that says, for a window of audio and for each of a few local speakers, how likely they talk.
///
/// Two kinds are known, told apart by their tensors and metadata:
/// - pyannote's multilabel segmentation (Bredin & Laurent, "End-to-end speaker segmentation for overlap-aware
///   resegmentation", 2021), as Parley's set-up converts it: 5 s windows, a probability per speaker;
/// - pyannote segmentation-3.0 (Plaquet & Bredin, "Powerset multi-class cross entropy loss for neural speaker
///   diarization", 2023): 10 s windows, a class per set of speakers. In the layout of k2-fsa (`x`, `y`, numbers in the
///   metadata) or of onnx-community (`input_values`, `logits`, no metadata).
struct SegmentationModel: Sendable {
    /// Names of the tensors of a layout.
    private struct Layout {
        let input: String
        let output: String
    }

    /// Samples per window.
    let windowSampleCount: Int
    /// Local speakers per window.
    let localSpeakerCount: Int
    /// Samples that one frame sees.
    let frameSizeSamples: Int
    /// Where the frames lie in a window.
    let grid: FrameGrid

    private let session: OnnxSession
    private let layout: Layout
    /// nil when the network gives a probability per speaker.
    private let powerset: Powerset?

    /// - Throws: ``InferenceError`` with `modelForeign` when the metadata or tensors are not those of a known kind.
    init(session: OnnxSession) throws(InferenceError) {
        let numbers = try SegmentationNumbers(session)
        self.session = session
        windowSampleCount = numbers.windowSampleCount
        localSpeakerCount = numbers.localSpeakerCount
        frameSizeSamples = numbers.frameSizeSamples
        grid = FrameGrid(
            frameCount: (numbers.windowSampleCount - numbers.frameSizeSamples) / numbers.frameShiftSamples + 1,
            shiftSamples: numbers.frameShiftSamples, firstCentreSample: numbers.frameSizeSamples / 2)
        switch numbers.kind {
        case .multilabel:
            powerset = nil
            layout = Layout(input: "waveform", output: "activity")
        case .powerset(let largestSet, let names):
            powerset = Powerset(speakerCount: numbers.localSpeakerCount, largestSet: largestSet)
            layout = Layout(input: names.input, output: names.output)
        }
    }

    /// How turns are best made of the mean posteriors.
    ///
    /// The windows of a powerset network disagree more where somebody pauses, so a turn is held longer: on simulated
    /// conversations of 2, 3 and 5 readers (utterances with their inner pauses as truth, no collar) an offset of 0.3 and
    /// pauses of 0.5 s gave a DER of 14.4%, 16.2% and 16.4%, the defaults 17.1%, 18.9% and 19.1%; dialogues of
    /// synthesised voices, which have exact times, lose nothing by it. For the multilabel network the defaults are best
    /// on a conversation labelled by hand (6.2%; with 0.3 and 0.5 s 11.1%).
    var turnOptions: TurnOptions {
        var options = TurnOptions()
        if powerset != nil {
            options.offset = 0.3
            options.longestPauseSeconds = 0.5
        }
        return options
    }

    /// Samples from one frame to the next.
    var frameShiftSamples: Int { grid.shiftSamples }
    /// Frames per window.
    var frameCount: Int { grid.frameCount }

    /// Posteriors of a batch of windows, each of ``windowSampleCount`` samples.
    ///
    /// Blocking.
    /// - Returns: For each window, flat `[frame][speaker]`.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func posteriors(_ windows: [[Float]], cancellation: CancellationFlag) throws -> [[Float]] {
        guard !windows.isEmpty else { return [] }
        let input = Tensor(windows.flatMap { $0 }, shape: [windows.count, 1, windowSampleCount])
        let outputs = try session.run([layout.input: input], cancellation: cancellation)
        let width = powerset?.classCount ?? localSpeakerCount
        guard let scores = outputs[layout.output], scores.shape == [windows.count, frameCount, width] else {
            throw InferenceError(
                .modelForeign, model: session.name, "The segmentation model's output has a wrong shape.")
        }
        let stride = frameCount * width
        return scores.withFloat32s { values in
            windows.indices.map { index in
                let window = Array(values[(index * stride)..<((index + 1) * stride)])
                return powerset?.speakerPosteriors(window) ?? window
            }
        }
    }
}

/// The numbers of a segmentation network, from its metadata or as published.
private struct SegmentationNumbers {
    enum Kind {
        case multilabel
        case powerset(largestSet: Int, names: (input: String, output: String))
    }

    let kind: Kind
    let windowSampleCount: Int
    let localSpeakerCount: Int
    let frameShiftSamples: Int
    let frameSizeSamples: Int

    init(_ session: OnnxSession) throws(InferenceError) {
        let inputs = Set(session.inputs.map(\.name))
        if inputs == ["input_values"] {
            // Without metadata there is only the published network.
            try session.require(inputs: ["input_values": .float32], outputs: ["logits": .float32])
            kind = .powerset(largestSet: 2, names: ("input_values", "logits"))
            (windowSampleCount, localSpeakerCount) = (160_000, 3)
            (frameShiftSamples, frameSizeSamples) = (270, 991)
            return
        }
        func number(_ key: String, _ range: ClosedRange<Int>) throws(InferenceError) -> Int {
            guard let value = session.metadata[key].flatMap({ Int($0) }), range.contains(value) else {
                throw InferenceError(
                    .modelForeign, model: session.name,
                    "The segmentation model lacks its metadata '\(key)', or its value makes no sense.")
            }
            return value
        }
        windowSampleCount = try number("window_size", 1_600...960_000)
        localSpeakerCount = try number("num_speakers", 1...8)
        frameShiftSamples = try number("receptive_field_shift", 16...16_000)
        frameSizeSamples = try number("receptive_field_size", 16...windowSampleCount)
        if session.metadata["kind"] == "multilabel" {
            try session.require(inputs: ["waveform": .float32], outputs: ["activity": .float32])
            kind = .multilabel
        } else {
            try session.require(inputs: ["x": .float32], outputs: ["y": .float32])
            let largestSet = try number("powerset_max_classes", 1...localSpeakerCount)
            guard try number("sample_rate", 1...1_000_000) == PCM.sampleRateHz else {
                throw InferenceError(
                    .modelForeign, model: session.name, "The segmentation model does not work at 16 kHz.")
            }
            kind = .powerset(largestSet: largestSet, names: ("x", "y"))
        }
    }
}
