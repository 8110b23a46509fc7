import ParleyCore
import ParleyInference

/// The layout of k2-fsa's exporter: cross-attention keys and values come from the encoder, and the decoder's own cache
/// always has the length of the whole context.
struct SherpaNetwork: WhisperNetwork {
    /// Rows are repeated: the exporter's graphs fix the batch of the keys.
    let sharesCrossAttention = false
    let givesAttention: Bool
    let batchAxis = 1

    private let encoder: OnnxSession
    private let decoder: OnnxSession
    private let configuration: WhisperConfiguration
    private let selector: RowSelector
    private let cacheType: ElementType

    private static let crossNames = ["n_layer_cross_k", "n_layer_cross_v"]
    private static let ownInputs = ["in_n_layer_self_k_cache", "in_n_layer_self_v_cache"]
    private static let ownOutputs = ["out_n_layer_self_k_cache", "out_n_layer_self_v_cache"]
    private static let attention = "cross_attention_weights"

    /// Checks that the files belong together.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    init(encoder: OnnxSession, decoder: OnnxSession, configuration: WhisperConfiguration) throws(InferenceError) {
        self.encoder = encoder
        self.decoder = decoder
        self.configuration = configuration
        try encoder.require(inputs: ["mel": .float32])
        try decoder.require(inputs: ["tokens": .int64, "offset": .int64])
        for (session, inputs, outputs) in [
            (encoder, [], Self.crossNames),
            (decoder, Self.ownInputs + Self.crossNames, ["logits"] + Self.ownOutputs),
        ] {
            let known = (session.inputs + session.outputs).map(\.name)
            if let missing = (inputs + outputs).first(where: { !known.contains($0) }) {
                throw .foreignNetwork(session, "\"\(missing)\" is missing")
            }
        }
        let (layers, width) = (configuration.layerCount, configuration.modelWidth)
        try encoder.require("mel", sizes: [nil, configuration.melCount, nil])
        for session in [encoder, decoder] {
            for name in Self.crossNames { try session.require(name, sizes: [layers, nil, nil, width]) }
        }
        for name in Self.ownInputs {
            try decoder.require(name, sizes: [layers, nil, configuration.contextLength, width])
        }
        try decoder.require("logits", sizes: [nil, nil, configuration.vocabularySize])
        cacheType = decoder.inputs.first { $0.name == Self.ownInputs[0] }?.elementType ?? .float32
        selector = try RowSelector(
            runtime: decoder.runtime, device: decoder.device, elementType: cacheType, rank: 4, axis: 1)
        givesAttention = decoder.outputs.contains { $0.name == Self.attention && $0.shape.count == 4 }
    }

    func encode(_ features: [[Float]], cancellation: CancellationFlag) throws -> EncodedAudio {
        let shape = [features.count, configuration.melCount, WhisperAudio.frameCount]
        let input = Tensor(Array(features.joined()), shape: shape)
        let outputs = try encoder.run(["mel": input], outputs: Self.crossNames, cancellation: cancellation)
        let wanted = [
            configuration.layerCount, features.count, WhisperAudio.encodedFrameCount, configuration.modelWidth,
        ]
        let tensors = try zip(Self.crossNames, outputs.inOrder(Self.crossNames, of: encoder)).map { name, tensor in
            try tensor.checked(name, of: encoder, shape: wanted)
        }
        return EncodedAudio(tensors: tensors, rowCount: features.count)
    }

    func join(_ audio: [EncodedAudio]) throws -> EncodedAudio {
        guard audio.count > 1 else { return audio.first ?? EncodedAudio(tensors: [], rowCount: 0) }
        let tensors = try Self.crossNames.indices.map { index in
            try Tensor(joining: audio.map { $0.tensors[index] }, axis: 1)
        }
        return EncodedAudio(tensors: tensors, rowCount: audio.reduce(0) { $0 + $1.rowCount })
    }

    func start(
        _ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        try feed(
            tokens, emptyCache(rowCount: tokens.count, cross: audio.tensors), cancellation: cancellation)
    }

    func advance(
        _ cache: DecoderCache, tokens: [Int], cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        try feed(tokens.map { [$0] }, cache, cancellation: cancellation)
    }

    func select(_ rows: RowSelection, of cache: DecoderCache) throws -> DecoderCache {
        var cache = cache
        if let own = rows.own { cache.own = try selector.select(own, of: cache.own) }
        if let cross = rows.cross { cache.cross = try selector.select(cross, of: cache.cross) }
        return cache
    }

    /// The exporter has already picked the heads that mark time.
    func align(_ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag) throws -> AttendedText {
        let cache = emptyCache(rowCount: tokens.count, cross: audio.tensors)
        let names = ["logits", Self.attention]
        let outputs = try decoder.run(inputs(tokens, cache), outputs: names, cancellation: cancellation)
        let found = try outputs.inOrder(names, of: decoder)
        let headCount = found[1].shape.count == 4 ? found[1].shape[1] : 0
        let weights = try found[1].checked(
            Self.attention, of: decoder,
            shape: [tokens.count, headCount, tokens.first?.count ?? 0, WhisperAudio.encodedFrameCount])
        return AttendedText(
            logits: try checkedLogits(found[0], tokens: tokens),
            heads: (0..<headCount).map { (weights: weights, head: $0) })
    }

    private func checkedLogits(_ logits: Tensor, tokens: [[Int]]) throws(InferenceError) -> Tensor {
        try logits.checked(
            "logits", of: decoder, shape: [tokens.count, tokens.first?.count ?? 0, configuration.vocabularySize])
    }

    private func emptyCache(rowCount: Int, cross: [Tensor]) -> DecoderCache {
        let empty = Tensor(
            zeros: cacheType,
            shape: [configuration.layerCount, rowCount, configuration.contextLength, configuration.modelWidth])
        return DecoderCache(own: [empty, empty], cross: cross, length: 0)
    }

    private func feed(
        _ tokens: [[Int]], _ cache: DecoderCache, cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        let outputs = try decoder.run(
            inputs(tokens, cache), outputs: ["logits"] + Self.ownOutputs, keptOnDevice: Set(Self.ownOutputs),
            cancellation: cancellation)
        let grown = DecoderCache(
            own: try outputs.inOrder(Self.ownOutputs, of: decoder), cross: cache.cross,
            length: cache.length + (tokens.first?.count ?? 0))
        return (grown, try checkedLogits(outputs.inOrder(["logits"], of: decoder)[0], tokens: tokens))
    }

    private func inputs(_ tokens: [[Int]], _ cache: DecoderCache) -> [String: Tensor] {
        [
            "tokens": tokens.tokenTensor, "offset": Tensor([Int64(cache.length)], shape: [1]),
            Self.ownInputs[0]: cache.own[0], Self.ownInputs[1]: cache.own[1],
            Self.crossNames[0]: cache.cross[0], Self.crossNames[1]: cache.cross[1],
        ]
    }
}
