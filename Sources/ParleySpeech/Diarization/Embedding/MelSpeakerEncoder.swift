import ParleyAudio
import ParleyCore
import ParleyInference

/// A speaker network that reads mel frames: WeSpeaker, 3D-Speaker, NeMo TitaNet and whatever else comes in their
/// layouts.
///
/// A voice's frames are put one after the other and encoded in one row. Rows of the same length share a run; rows are
/// never padded, because these networks take means over all frames.
///
/// The other way would be to run the convolutions once over the whole window and to pool them under each voice's mask.
/// That pays where voices share frames. Here overlapped frames are left out, so the voices of a window have fewer
/// frames together than the window: on 150 made-up windows of two readers who take turns, with the ThinResNet of
/// ``SpeakerThresholds``, one trunk took 15% longer (5.5 s instead of 4.8 s) and told voices apart less well (equal
/// error rate 12.4% instead of 11.1%), because what the trunk sees at a change of voices is both of them.
struct MelSpeakerEncoder: SpeakerEncoder {
    /// See ``SpeakerEncoder``.
    let traits: SpeakerEncoderTraits

    private let session: OnnxSession
    private let layout: SpeakerNetworkLayout

    /// The statistics over time that end these networks need two frames after three halvings.
    private static let fewestFrames = 16

    /// Tries the network once with made-up frames, so that one that does not work is refused before it is in use.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    init(session: OnnxSession) throws(InferenceError) {
        let layout = try SpeakerNetworkLayout(session)
        try self.init(session: session, layout: layout)
    }

    /// - Throws: ``InferenceError`` with `modelForeign`.
    init(session: OnnxSession, layout: SpeakerNetworkLayout) throws(InferenceError) {
        self.session = session
        self.layout = layout
        let dimension = try Self.probe(session, layout)
        traits = SpeakerEncoderTraits(
            framework: layout.framework, fingerprint: try session.weightsFingerprint(), dimension: dimension)
    }

    /// See ``SpeakerEncoder``.
    func embeddings(of windows: [MaskedWindow], cancellation: CancellationFlag) throws -> [[[Float]?]] {
        var owners: [(window: Int, voice: Int)] = []
        var rows: [MelFrames] = []
        for (index, window) in windows.enumerated() where !window.masks.isEmpty {
            for (voice, frames) in layout.features.voices(of: window).enumerated()
            where frames.frameCount >= Self.fewestFrames {
                owners.append((index, voice))
                rows.append(frames)
            }
        }
        var result = windows.map { [[Float]?](repeating: nil, count: $0.masks.count) }
        let byLength = Dictionary(grouping: rows.indices) { rows[$0].frameCount }
        for (_, indices) in byLength.sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: indices.count, by: layout.largestBatch) {
                let batch = Array(indices[start..<min(start + layout.largestBatch, indices.count)])
                let vectors = try Self.run(session, layout, rows: batch.map { rows[$0] }, cancellation: cancellation)
                for (index, vector) in zip(batch, vectors) where vector.count == traits.dimension {
                    let owner = owners[index]
                    result[owner.window][owner.voice] = vector.allSatisfy(\.isFinite) ? vector : nil
                }
            }
        }
        return result
    }

    /// The vectors of rows of one length.
    private static func run(
        _ session: OnnxSession, _ layout: SpeakerNetworkLayout, rows: [MelFrames], cancellation: CancellationFlag?
    ) throws -> [[Float]] {
        let (frameCount, melCount) = (rows.first?.frameCount ?? 0, layout.features.melCount)
        var inputs: [String: Tensor] = [:]
        if let lengthInput = layout.lengthInput {
            inputs[layout.input] = Tensor(
                rows.flatMap { bandsFirst($0) }, shape: [rows.count, melCount, frameCount])
            inputs[lengthInput] = Tensor([Int64](repeating: Int64(frameCount), count: rows.count), shape: [rows.count])
        } else {
            inputs[layout.input] = Tensor(rows.flatMap(\.values), shape: [rows.count, frameCount, melCount])
        }
        let outputs = try session.run(inputs, outputs: [layout.output], cancellation: cancellation)
        guard let vectors = outputs[layout.output], vectors.shape.count == 2, vectors.shape[0] == rows.count,
            (8...8_192).contains(vectors.shape[1])
        else {
            throw InferenceError(
                .modelForeign, model: session.name,
                "The speaker model does not give one vector for each voice: take another model.")
        }
        let count = vectors.shape[1]
        return vectors.withFloat32s { values in
            rows.indices.map { Array(values[($0 * count)..<(($0 + 1) * count)]) }
        }
    }

    private static func bandsFirst(_ frames: MelFrames) -> [Float] {
        var values = [Float](repeating: 0, count: frames.values.count)
        for frame in 0..<frames.frameCount {
            for band in 0..<frames.melCount {
                values[band * frames.frameCount + frame] = frames.values[frame * frames.melCount + band]
            }
        }
        return values
    }

    /// Runs the network once and gives the values per vector.
    private static func probe(_ session: OnnxSession, _ layout: SpeakerNetworkLayout) throws(InferenceError) -> Int {
        let melCount = layout.features.melCount
        let frames = MelFrames(
            melCount: melCount, values: (0..<(100 * melCount)).map { Float($0 * 7 % 23) / 11.5 - 1 })
        let vectors: [[Float]]
        do {
            vectors = try run(session, layout, rows: [frames], cancellation: nil)
        } catch let error as InferenceError where [.outOfMemory, .modelForeign].contains(error.code) {
            throw error
        } catch {
            throw InferenceError(
                .modelForeign, model: session.name,
                "The speaker model could not encode a second of frames: its file is damaged or it is another kind of "
                    + "model. Install it again, or take another.", underlying: "\(error)")
        }
        let dimension = vectors.first?.count ?? 0
        guard layout.dimension.map({ $0 == dimension }) ?? true else {
            throw InferenceError(
                .modelForeign, model: session.name,
                "The speaker model gives \(dimension) values per voice instead of the \(layout.dimension ?? 0) that "
                    + "its file speaks of. Install the model again.")
        }
        return dimension
    }
}
