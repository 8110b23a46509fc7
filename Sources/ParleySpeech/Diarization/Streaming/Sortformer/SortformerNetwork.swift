import ParleyCore
import ParleyInference

/// A streaming Sortformer in the public ONNX layout: mel frames of a chunk, cached vectors and queued vectors go in,
/// posteriors of all their frames and the chunk's vectors come out.
///
/// Widths are those of the model's tensors.
struct SortformerNetwork: Sendable {
    /// One step of one stream.
    struct Step: Sendable {
        /// Mel frames of chunk and right context, padded with zeros to the length of all steps, flat `[frame][band]`.
        let chunk: [Float]
        /// Mel frames that are no padding.
        let chunkMelFrameCount: Int
        /// Flat `[frame][width]`.
        let cache: [Float]
        /// Flat `[frame][width]`.
        let queue: [Float]
    }

    /// What a step gives.
    struct Output: Sendable {
        /// Of cache, queue and chunk with right context, flat `[frame][speaker]`.
        let posteriors: [Float]
        /// Of chunk and right context, flat `[frame][width]`.
        let vectors: [Float]
        /// Frames of chunk and right context that are no padding.
        let chunkFrameCount: Int
    }

    /// Mel bands.
    let melCount: Int
    /// Values of a frame's vector.
    let width: Int
    /// Speakers that are told apart.
    let speakerCount: Int
    /// Whether steps of several streams can be run together.
    let takesBatches: Bool
    /// Mel frames of every chunk; nil when they may be any number.
    let fixedChunkMelFrameCount: Int?

    private let session: OnnxSession

    /// Blocking: tries the network.
    /// - Throws: ``InferenceError`` with `modelForeign` when the tensors or what the network gives are not those of the
    ///   layout.
    init(session: OnnxSession) throws {
        try session.require(
            inputs: [
                "chunk": .float32, "chunk_lengths": .int64, "spkcache": .float32, "spkcache_lengths": .int64,
                "fifo": .float32, "fifo_lengths": .int64,
            ],
            outputs: [
                "spkcache_fifo_chunk_preds": .float32, "chunk_pre_encode_embs": .float32,
                "chunk_pre_encode_lengths": .int64,
            ])
        func shape(_ name: String) -> [Int] { session.inputs.first { $0.name == name }?.shape ?? [] }
        let (chunk, cache, queue) = (shape("chunk"), shape("spkcache"), shape("fifo"))
        guard chunk.count == 3, cache.count == 3, queue.count == 3, (1...1_024).contains(chunk[2]),
            (1...16_384).contains(cache[2]), queue[2] == cache[2], cache[1] < 0, queue[1] < 0
        else { throw Self.foreign(session, "its inputs have other shapes") }
        let fixed = chunk[1] >= 0 ? chunk[1] : nil
        if let fixed, !(8...20_000).contains(fixed) { throw Self.foreign(session, "its inputs have other shapes") }
        let trial = try Trial(session: session, melCount: chunk[2], width: cache[2], melFrameCount: fixed ?? 32)
        self.session = session
        melCount = chunk[2]
        width = cache[2]
        fixedChunkMelFrameCount = fixed
        speakerCount = trial.speakerCount
        takesBatches = chunk[0] < 0 && trial.takesBatches
    }

    /// Runs steps of one shape: equal numbers of mel, cached and queued frames.
    ///
    /// Blocking.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func run(_ steps: [Step], cancellation: CancellationFlag?) throws -> [Output] {
        try Self.run(
            steps, session: session, melCount: melCount, width: width, speakerCount: speakerCount,
            cancellation: cancellation)
    }

    private static func run(
        _ steps: [Step], session: OnnxSession, melCount: Int, width: Int, speakerCount: Int?,
        cancellation: CancellationFlag?
    ) throws -> [Output] {
        guard let first = steps.first else { return [] }
        let rows = steps.count
        let (melFrames, cached, queued) = (
            first.chunk.count / melCount, first.cache.count / width, first.queue.count / width
        )
        func lengths(_ count: Int) -> Tensor { Tensor([Int64](repeating: Int64(count), count: rows), shape: [rows]) }
        let outputs = try session.run(
            [
                "chunk": Tensor(steps.flatMap(\.chunk), shape: [rows, melFrames, melCount]),
                "chunk_lengths": Tensor(steps.map { Int64($0.chunkMelFrameCount) }, shape: [rows]),
                "spkcache": Tensor(steps.flatMap(\.cache), shape: [rows, cached, width]),
                "spkcache_lengths": lengths(cached),
                "fifo": Tensor(steps.flatMap(\.queue), shape: [rows, queued, width]),
                "fifo_lengths": lengths(queued),
            ], cancellation: cancellation)
        guard let posteriors = outputs["spkcache_fifo_chunk_preds"], let vectors = outputs["chunk_pre_encode_embs"],
            let counts = outputs["chunk_pre_encode_lengths"]?.int64s, counts.count == rows,
            posteriors.shape.count == 3, posteriors.shape[0] == rows, (1...64).contains(posteriors.shape[2]),
            speakerCount == nil || speakerCount == posteriors.shape[2], vectors.shape.count == 3,
            vectors.shape[0] == rows, vectors.shape[2] == width,
            counts.allSatisfy({ (0...Int64(vectors.shape[1])).contains($0) }),
            counts.allSatisfy({ cached + queued + Int($0) <= posteriors.shape[1] }),
            zip(counts, steps).allSatisfy({ $0 == ($1.chunkMelFrameCount + 7) / SortformerSettings.subsampling })
        else { throw foreign(session, "its outputs have other shapes") }
        let (said, given) = (posteriors.float32s, vectors.float32s)
        let (saidStride, givenStride) = (said.count / rows, given.count / rows)
        return steps.indices.map { row in
            Output(
                // Whatever is no number counts as silence.
                posteriors: said[(row * saidStride)..<((row + 1) * saidStride)].map { $0 >= 0 ? min($0, 1) : 0 },
                vectors: Array(given[(row * givenStride)..<((row + 1) * givenStride)]),
                chunkFrameCount: Int(counts[row]))
        }
    }

    private static func foreign(_ session: OnnxSession, _ what: String) -> InferenceError {
        InferenceError(
            .modelForeign, model: session.name, "This is not a streaming Sortformer in the expected layout: \(what).")
    }

    /// What can only be found out by running the network.
    private struct Trial {
        let speakerCount: Int
        let takesBatches: Bool

        init(session: OnnxSession, melCount: Int, width: Int, melFrameCount: Int) throws {
            func step(_ row: Int) -> Step {
                func values(_ count: Int) -> [Float] { (0..<count).map { Float(($0 * (7 + row)) % 23) / 23 - 0.5 } }
                return Step(
                    chunk: values(melFrameCount * melCount), chunkMelFrameCount: melFrameCount - 3 * row,
                    cache: values(3 * width), queue: values(2 * width))
            }
            func outputs(_ steps: [Step]) throws -> [Output] {
                try SortformerNetwork.run(
                    steps, session: session, melCount: melCount, width: width, speakerCount: nil, cancellation: nil)
            }
            let alone: [Output]
            do {
                alone = try outputs([step(0)]) + outputs([step(1)])
            } catch let error as InferenceError where error.code == .invalidArgument || error.code == .runFailed {
                var foreign = SortformerNetwork.foreign(session, "it does not run with the layout's tensors")
                foreign.underlying = error.description
                throw foreign
            }
            let frameCount = 5 + alone[0].chunkFrameCount
            speakerCount = alone[0].posteriors.count / frameCount
            guard alone[0].posteriors.count == speakerCount * frameCount else {
                throw SortformerNetwork.foreign(session, "its outputs have other shapes")
            }
            // An export may have only one row built in although its axis is named.
            let together = try? outputs([step(0), step(1)])
            let speakerCount = speakerCount
            takesBatches =
                together.map { rows in
                    zip(rows, alone).allSatisfy { row, one in
                        Self.areNear(
                            row.posteriors, one.posteriors, count: (5 + one.chunkFrameCount) * speakerCount)
                            && Self.areNear(row.vectors, one.vectors, count: one.chunkFrameCount * width)
                    }
                } ?? false
        }

        private static func areNear(_ one: [Float], _ other: [Float], count: Int) -> Bool {
            guard one.count >= count, other.count >= count else { return false }
            return (0..<count).allSatisfy { abs(one[$0] - other[$0]) <= 1e-4 * max(1, abs(other[$0])) }
        }
    }
}
