import ParleyAudio
import ParleyCore
import ParleyInference

/// Which public layout a speaker network has: where its tensors and features are said to be.
///
/// - sherpa-onnx's "speaker-recongition-models": metadata `framework` is `wespeaker`, `3d-speaker` or `nemo`, with
///   `sample_rate`, `output_dim`, `normalize_samples`, `feature_normalize_type` and, for NeMo, `feat_dim`,
///   `window_size_ms`, `window_stride_ms`, `window_type`.
/// - WeSpeaker's own export, as in hbredin/wespeaker-voxceleb-resnet34-LM: no metadata, `feats` to `embs`.
/// - NeMo's own export: no metadata, `audio_signal` and `length` to `logits` and `embs`.
///
/// Features are those that each framework trains with, which for WeSpeaker and 3D-Speaker means
/// `torchaudio.compliance.kaldi.fbank`: frames only where they fit in, bands from 20 Hz up to 8 kHz, a Hamming window
/// in WeSpeaker (`wespeaker/dataset/processor.py`) and Kaldi's in 3D-Speaker (`speakerlab/process/processor.py`).
/// sherpa-onnx takes Kaldi's window, mirrored ends and bands up to 7,600 Hz for both. The small network that was to be
/// had for tests tells voices apart better with WeSpeaker's: over utterances of 8 readers equal error rates of 5.2%
/// instead of 6.9% at 2 s and 2.8% instead of 3.9% at 4 s.
struct SpeakerNetworkLayout: Sendable {
    enum Framework: String, Sendable {
        case wespeaker
        case threeDSpeaker = "3d-speaker"
        case nemo
    }

    let framework: Framework
    /// Features, `[batch][frame][band]`, or `[batch][band][frame]` for NeMo.
    let input: String
    /// Frames of each row, for NeMo.
    let lengthInput: String?
    let output: String
    /// Values per vector as the file says; nil when it does not.
    let dimension: Int?
    /// Rows that one run may have.
    let largestBatch: Int
    var features: SpeakerFeatures

    /// Where the bands are in the input.
    var bandAxis: Int { framework == .nemo ? 1 : 2 }

    /// - Throws: ``InferenceError`` with `modelForeign`.
    init(_ session: OnnxSession) throws(InferenceError) {
        framework = try Self.framework(of: session)
        let metadata = SpeakerNetworkMetadata(session)
        try metadata.checkSampleRate()
        let names = session.inputs.map(\.name)
        switch framework {
        case .wespeaker, .threeDSpeaker:
            guard names.count == 1, let first = session.outputs.first else { throw Self.foreign(session) }
            (input, lengthInput, output) = (names[0], nil, first.name)
            features = try metadata.kaldiFeatures(window: framework == .wespeaker ? .hamming : .povey)
        case .nemo:
            let outputs = session.outputs.map(\.name)
            guard names.count == 2, let vectors = outputs.first(where: { $0 == "embs" }) ?? outputs.dropFirst().first
            else { throw Self.foreign(session) }
            (input, lengthInput, output) = (names[0], names[1], vectors)
            features = try metadata.nemoFeatures()
            try session.require(inputs: [names[1]: .int64])
        }
        try session.require(inputs: [input: .float32], outputs: [output: .float32])
        dimension = try metadata.dimension(output: output)
        let shape = session.inputs[0].shape
        let bandCount = features.melCount
        let bandAxis = framework == .nemo ? 1 : 2
        guard shape.count == 3, shape[3 - bandAxis] < 0, [-1, bandCount].contains(shape[bandAxis]),
            [-1, 1].contains(shape[0])
        else {
            throw InferenceError(
                .modelForeign, model: session.name,
                "The speaker model's input has the shape \(shape); a row of any number of frames of \(bandCount) bands "
                    + "is needed. Export it with a free number of frames.")
        }
        largestBatch = shape[0] == 1 ? 1 : 16
    }

    /// What a network's metadata or, where it has none, its tensors say.
    private static func framework(of session: OnnxSession) throws(InferenceError) -> Framework {
        if let name = session.metadata["framework"] {
            guard let framework = Framework(rawValue: name) else { throw foreign(session) }
            return framework
        }
        let (inputs, outputs) = (Set(session.inputs.map(\.name)), Set(session.outputs.map(\.name)))
        if inputs == ["feats"], outputs == ["embs"] { return .wespeaker }
        if inputs == ["audio_signal", "length"], outputs.contains("embs") { return .nemo }
        throw foreign(session)
    }

    private static func foreign(_ session: OnnxSession) -> InferenceError {
        InferenceError(
            .modelForeign, model: session.name,
            "This is not a speaker model that Parley knows. Take one from sherpa-onnx's speaker recognition models "
                + "(WeSpeaker, 3D-Speaker or NeMo), WeSpeaker's export with the tensors 'feats' and 'embs', or the one "
                + "of Parley's set-up.")
    }
}

/// The numbers in a speaker network's metadata, each checked.
private struct SpeakerNetworkMetadata {
    private let session: OnnxSession

    init(_ session: OnnxSession) { self.session = session }

    func checkSampleRate() throws(InferenceError) {
        guard try number("sample_rate", 1...1_000_000, default: PCM.sampleRateHz) == PCM.sampleRateHz else {
            throw InferenceError(
                .modelForeign, model: session.name,
                "The speaker model does not work at 16 kHz: take one that was trained with audio of 16 kHz.")
        }
    }

    /// Values per vector, from metadata or the output's shape, which must not contradict each other.
    func dimension(output: String) throws(InferenceError) -> Int? {
        let shape = session.outputs.first { $0.name == output }?.shape ?? []
        let described = shape.count > 1 ? shape.last.flatMap { $0 > 0 ? $0 : nil } : nil
        let said = session.metadata["output_dim"] == nil ? nil : try number("output_dim", 8...8_192, default: 0)
        if let said, let described, said != described {
            throw InferenceError(
                .modelForeign, model: session.name,
                "The speaker model's metadata speak of \(said) values per voice, its output of \(described): its file "
                    + "is damaged or its metadata are another model's. Install the model again.")
        }
        return said ?? described
    }

    func kaldiFeatures(window: AnalysisWindow) throws(InferenceError) -> SpeakerFeatures {
        let normalization: SpeakerFeatures.Normalization =
            switch session.metadata["feature_normalize_type"] {
            case nil, "global-mean": .mean
            case "": .none
            default: throw unknown("feature_normalize_type")
            }
        let isNormalized = try number("normalize_samples", 0...1, default: 0) == 1
        return SpeakerFeatures(
            frames: .kaldi(KaldiFbank(window: window, sampleScale: isNormalized ? 1 : 32_768)),
            normalization: normalization)
    }

    func nemoFeatures() throws(InferenceError) -> SpeakerFeatures {
        let normalization: SpeakerFeatures.Normalization =
            switch session.metadata["feature_normalize_type"] {
            case nil, "per_feature": .meanAndDeviation
            case "": .none
            default: throw unknown("feature_normalize_type")
            }
        let window: AnalysisWindow =
            switch session.metadata["window_type"] {
            case nil, "hann", "hanning": .hann
            case "hamming": .hamming
            case "povey": .povey
            default: throw unknown("window_type")
            }
        let samplesPerMillisecond = PCM.sampleRateHz / 1_000
        return SpeakerFeatures(
            frames: .nemo(
                NeMoMelSpectrogram(
                    melCount: try number("feat_dim", 8...512, default: 80), window: window,
                    windowSampleCount: try number("window_size_ms", 5...200, default: 25) * samplesPerMillisecond,
                    hopSampleCount: try number("window_stride_ms", 1...100, default: 10) * samplesPerMillisecond)),
            normalization: normalization)
    }

    private func number(
        _ key: String, _ range: ClosedRange<Int>, default fallback: Int
    ) throws(InferenceError) -> Int {
        guard let text = session.metadata[key] else { return fallback }
        guard let value = Int(text), range.contains(value) else { throw unknown(key) }
        return value
    }

    private func unknown(_ key: String) -> InferenceError {
        InferenceError(
            .modelForeign, model: session.name,
            "The speaker model's metadata '\(key)' have a value that makes no sense here: "
                + "'\((session.metadata[key] ?? "").prefix(40))'. Install the model again, or take another.")
    }
}
