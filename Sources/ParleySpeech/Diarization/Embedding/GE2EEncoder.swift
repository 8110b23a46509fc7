import ParleyAudio
import ParleyCore
import ParleyInference

/// The bundled encoder: GE2E, as Resemblyzer has it (Wan et al., "Generalized end-to-end loss for speaker
/// verification", 2018).
///
/// Power mel spectra of 40 bands, partial utterances of 160 frames (1.6 s) through an LSTM, their vectors averaged.
/// Levels below -30 dBFS are raised to it, as its authors do.
struct GE2EEncoder: SpeakerEncoder {
    /// Samples from one feature frame to the next.
    private static let hopSampleCount = 160
    private static let partialFrameCount = 160
    private static let melCount = 40
    /// -30 dBFS as an amplitude.
    private static let targetLevel: Float = 0.031_622_777
    /// Partials in one run of the network.
    private static let batchCount = 32

    /// See ``SpeakerEncoder``.
    ///
    /// The acceptance was measured on LibriSpeech, LJSpeech and synthesised voices, one utterance against references
    /// of 2, 4 and 10 s: of 4,931 pairs of different voices none reached 0.80 (the highest: 0.79); of pairs of the
    /// same voice 71%, 89% and 94% did. A missed name is a letter in the transcript, a wrong one is a false statement
    /// about a person. At the linkage, conversations of 2, 3 and 5 readers and of two women on the telephone had
    /// confusions of 0.0%, 0.0%, 0.2% and 1.5%, the number of people found in each.
    let traits: SpeakerEncoderTraits

    private let session: OnnxSession
    private let spectrogram: MelSpectrogram

    /// - Throws: ``InferenceError`` with `modelForeign` when the metadata or tensors are not those of the family.
    init(session: OnnxSession) throws(InferenceError) {
        try session.require(inputs: ["mel": .float32], outputs: ["embedding": .float32])
        guard session.metadata["kind"] == "ge2e", session.metadata["n_mels"] == "\(Self.melCount)" else {
            throw InferenceError(
                .modelForeign, model: session.name, "This is not the GE2E speaker encoder of Parley's set-up.")
        }
        self.session = session
        traits = SpeakerEncoderTraits(
            id: SpeakerEncoderTraits.id("ge2e", fingerprint: try session.weightsFingerprint()), dimension: 256,
            linkageThreshold: 0.28, acceptance: 0.80)
        spectrogram = MelSpectrogram(fftSize: 400, hopSampleCount: Self.hopSampleCount, melCount: Self.melCount)
    }

    /// See ``SpeakerEncoder``.
    func embeddings(of windows: [MaskedWindow], cancellation: CancellationFlag) throws -> [[[Float]?]] {
        var owners: [(window: Int, voice: Int)] = []
        var utterances: [[Float]] = []
        for (index, window) in windows.enumerated() where !window.masks.isEmpty {
            let mel = spectrogram.power(window.samples).values
            for voice in window.masks.indices {
                owners.append((index, voice))
                utterances.append(utterance(mel: mel, of: voice, in: window))
            }
        }
        var result = windows.map { [[Float]?](repeating: nil, count: $0.masks.count) }
        for (owner, vector) in zip(owners, try embeddings(of: utterances, cancellation: cancellation)) {
            result[owner.window][owner.voice] = vector
        }
        return result
    }

    /// Mel frames of one voice, put one after the other.
    private func utterance(mel: [Float], of voice: Int, in window: MaskedWindow) -> [Float] {
        let samples = window.samples
        let frames = window.featureFrames(
            of: voice, hopSampleCount: Self.hopSampleCount, firstCentreSample: 0,
            frameCount: samples.count / Self.hopSampleCount)
        var energy: Float = 0
        var sampleCount = 0
        var gathered: [Float] = []
        gathered.reserveCapacity(frames.count * Self.melCount)
        for frame in frames {
            let start = frame * Self.hopSampleCount
            let end = min(samples.count, start + Self.hopSampleCount)
            guard start < end, (frame + 1) * Self.melCount <= mel.count else { continue }
            for index in start..<end { energy += samples[index] * samples[index] }
            sampleCount += end - start
            gathered += mel[(frame * Self.melCount)..<((frame + 1) * Self.melCount)]
        }
        let level = (energy / Float(max(1, sampleCount)) + 1e-12).squareRoot()
        let gain = max(1, Self.targetLevel / level)
        if gain > 1 { for index in gathered.indices { gathered[index] *= gain * gain } }
        return gathered
    }

    /// One vector for each utterance; nil for one too short to say anything (under 0.15 s).
    private func embeddings(of utterances: [[Float]], cancellation: CancellationFlag) throws -> [[Float]?] {
        var partials: [(owner: Int, frames: ArraySlice<Float>)] = []
        for (owner, mel) in utterances.enumerated() { partials += Self.partials(of: mel).map { (owner, $0) } }
        // One tensor holds partials of one length; nearly all have the full one.
        var byLength: [Int: [Int]] = [:]
        for (index, partial) in partials.enumerated() { byLength[partial.frames.count, default: []].append(index) }
        var sums = [[Float]?](repeating: nil, count: utterances.count)
        for length in byLength.keys.sorted() {
            let indices = byLength[length] ?? []
            for start in stride(from: 0, to: indices.count, by: Self.batchCount) {
                let batch = indices[start..<min(start + Self.batchCount, indices.count)]
                let vectors = try encode(batch.map { partials[$0].frames }, cancellation: cancellation)
                for (index, vector) in zip(batch, vectors) {
                    let owner = partials[index].owner
                    sums[owner] = sums[owner].map { Vector.sum($0, vector) } ?? vector
                }
            }
        }
        return sums
    }

    /// Stretches of 1.6 s, one behind the other.
    ///
    /// What is left at the end is encoded too, with frames before it, when it fills three quarters of a stretch; the
    /// encoder's authors draw the line there as well.
    private static func partials(of mel: [Float]) -> [ArraySlice<Float>] {
        let frameCount = mel.count / melCount
        guard frameCount >= 15 else { return [] }
        guard frameCount > partialFrameCount else { return [mel[...]] }
        var starts = Array(stride(from: 0, through: frameCount - partialFrameCount, by: partialFrameCount))
        if frameCount % partialFrameCount * 4 >= partialFrameCount * 3 { starts.append(frameCount - partialFrameCount) }
        return starts.map { mel[($0 * melCount)..<(($0 + partialFrameCount) * melCount)] }
    }

    private func encode(_ partials: [ArraySlice<Float>], cancellation: CancellationFlag) throws -> [[Float]] {
        let frameCount = (partials.first?.count ?? 0) / Self.melCount
        let input = Tensor(partials.flatMap { $0 }, shape: [partials.count, frameCount, Self.melCount])
        let outputs = try session.run(["mel": input], cancellation: cancellation)
        guard let embedding = outputs["embedding"], embedding.shape.count == 2, embedding.shape[0] == partials.count
        else {
            throw InferenceError(.modelForeign, model: session.name, "The speaker encoder's output has a wrong shape.")
        }
        let width = embedding.shape[1]
        return embedding.withFloat32s { values in
            partials.indices.map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
        }
    }
}
