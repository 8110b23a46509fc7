import ParleyCore
import ParleyInference

/// The layout of Hugging Face's exporter: an encoder, and a decoder whose cache grows by a row with every token.
///
/// The decoder is one file with a branch for the first run (`decoder_model_merged`) or a pair of files
/// (`decoder_model` and `decoder_with_past_model`).
struct HuggingFaceNetwork: WhisperNetwork {
    let sharesCrossAttention: Bool
    let givesAttention: Bool
    let batchAxis = 0

    private let encoder: OnnxSession
    private let first: OnnxSession
    private let next: OnnxSession
    private let names: CacheNames
    private let alignmentHeads: [WhisperConfiguration.AlignmentHead]
    private let selector: RowSelector
    private let cacheType: ElementType
    private let headCount: Int
    private let headWidth: Int
    private let vocabularySize: Int

    /// The names of the cache's tensors, keys and values in turn, layer by layer.
    private struct CacheNames: Sendable {
        let ownInputs: [String]
        let ownOutputs: [String]
        let crossInputs: [String]
        let crossOutputs: [String]

        init(layerCount: Int) {
            func list(_ stem: String, _ side: String) -> [String] {
                (0..<layerCount).flatMap { ["\(stem).\($0).\(side).key", "\(stem).\($0).\(side).value"] }
            }
            ownInputs = list("past_key_values", "decoder")
            ownOutputs = list("present", "decoder")
            crossInputs = list("past_key_values", "encoder")
            crossOutputs = list("present", "encoder")
        }
    }

    private static let branch = "use_cache_branch"
    private static let attention = "cross_attentions."

    /// Checks that the files belong together.
    /// - Parameters:
    ///   - encoder: `encoder_model`.
    ///   - first: `decoder_model_merged` or `decoder_model`.
    ///   - next: The same session again for a merged decoder, else `decoder_with_past_model`.
    ///   - configuration: The model's numbers.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    init(encoder: OnnxSession, first: OnnxSession, next: OnnxSession, configuration: WhisperConfiguration)
        throws(InferenceError)
    {
        self.encoder = encoder
        self.first = first
        self.next = next
        names = CacheNames(layerCount: configuration.layerCount)
        headCount = configuration.headCount
        headWidth = configuration.modelWidth / max(1, configuration.headCount)
        vocabularySize = configuration.vocabularySize
        guard let cache = next.inputs.first(where: { $0.name == "past_key_values.0.decoder.key" }) else {
            throw .foreignNetwork(next, "its input \"past_key_values.0.decoder.key\" is missing")
        }
        cacheType = cache.elementType
        selector = try RowSelector(
            runtime: first.runtime, device: first.device, elementType: cacheType, rank: 4, axis: 0)
        let layers = first.outputs.filter { $0.name.hasPrefix(Self.attention) }.count
        alignmentHeads = Self.alignmentHeads(configuration)
        givesAttention = !alignmentHeads.isEmpty && alignmentHeads.allSatisfy { $0.layer < layers }
        try Self.check(encoder, first, next, names: names, configuration: configuration)
        sharesCrossAttention = Self.sharesCrossAttention(
            next, names: names, cacheType: cacheType, headCount: headCount, headWidth: headWidth,
            width: configuration.modelWidth)
    }

    func encode(_ features: [[Float]], cancellation: CancellationFlag) throws -> EncodedAudio {
        let shape = [features.count, (features.first?.count ?? 0) / WhisperAudio.frameCount, WhisperAudio.frameCount]
        let input = Tensor(
            Array(features.joined()), as: encoder.inputs.first?.elementType ?? .float32, shape: shape)
        let outputs = try encoder.run(
            ["input_features": input], outputs: ["last_hidden_state"], cancellation: cancellation)
        let name = "last_hidden_state"
        let hidden = try outputs.inOrder([name], of: encoder)[0].checked(
            name, of: encoder, shape: [features.count, WhisperAudio.encodedFrameCount, headCount * headWidth])
        return EncodedAudio(tensors: [hidden], rowCount: features.count)
    }

    func join(_ audio: [EncodedAudio]) throws -> EncodedAudio {
        guard audio.count > 1 else { return audio.first ?? EncodedAudio(tensors: [], rowCount: 0) }
        let hidden = try Tensor(joining: audio.flatMap(\.tensors), axis: 0)
        return EncodedAudio(tensors: [hidden], rowCount: audio.reduce(0) { $0 + $1.rowCount })
    }

    func start(
        _ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        let kept = names.ownOutputs + names.crossOutputs
        let outputs = try first.run(
            try firstInputs(audio, tokens: tokens), outputs: ["logits"] + kept, keptOnDevice: Set(kept),
            cancellation: cancellation)
        let cache = DecoderCache(
            own: try outputs.inOrder(names.ownOutputs, of: first),
            cross: try outputs.inOrder(names.crossOutputs, of: first), length: tokens.first?.count ?? 0)
        return (cache, try logits(outputs, of: first, tokens: tokens))
    }

    func advance(
        _ cache: DecoderCache, tokens: [Int], cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        var inputs = Dictionary(minimumCapacity: names.ownInputs.count * 2 + 3) as [String: Tensor]
        inputs["input_ids"] = Tensor(tokens.map(Int64.init), shape: [tokens.count, 1])
        for (name, tensor) in zip(names.ownInputs, cache.own) { inputs[name] = tensor }
        for (name, tensor) in zip(names.crossInputs, cache.cross) { inputs[name] = tensor }
        addUnused(to: &inputs)
        let outputs = try next.run(
            inputs, outputs: ["logits"] + names.ownOutputs, keptOnDevice: Set(names.ownOutputs),
            cancellation: cancellation)
        let grown = DecoderCache(
            own: try outputs.inOrder(names.ownOutputs, of: next), cross: cache.cross, length: cache.length + 1)
        return (grown, try logits(outputs, of: next, tokens: tokens.map { [$0] }))
    }

    func select(_ rows: RowSelection, of cache: DecoderCache) throws -> DecoderCache {
        var cache = cache
        if let own = rows.own { cache.own = try selector.select(own, of: cache.own) }
        if let cross = rows.cross { cache.cross = try selector.select(cross, of: cache.cross) }
        return cache
    }

    func align(_ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag) throws -> AttendedText {
        let layers = Set(alignmentHeads.map(\.layer)).sorted()
        let outputs = try first.run(
            try firstInputs(audio, tokens: tokens),
            outputs: ["logits"] + layers.map { Self.attention + String($0) }, cancellation: cancellation)
        let shape = [tokens.count, headCount, tokens.first?.count ?? 0, WhisperAudio.encodedFrameCount]
        let heads = try alignmentHeads.map { place in
            let name = Self.attention + String(place.layer)
            let weights = try outputs.inOrder([name], of: first)[0].checked(name, of: first, shape: shape)
            return (weights: weights, head: place.head)
        }
        return AttendedText(logits: try logits(outputs, of: first, tokens: tokens), heads: heads)
    }

    private func logits(
        _ outputs: [String: Tensor], of session: OnnxSession, tokens: [[Int]]
    ) throws(InferenceError) -> Tensor {
        try outputs.inOrder(["logits"], of: session)[0].checked(
            "logits", of: session, shape: [tokens.count, tokens.first?.count ?? 0, vocabularySize])
    }

    private func firstInputs(_ audio: EncodedAudio, tokens: [[Int]]) throws -> [String: Tensor] {
        guard let hidden = audio.tensors.first else {
            throw InferenceError(.invalidArgument, model: first.name, "No audio was encoded.")
        }
        var inputs = ["input_ids": tokens.tokenTensor, "encoder_hidden_states": hidden]
        guard first === next else { return inputs }
        let empty = Tensor(zeros: cacheType, shape: [tokens.count, headCount, 0, headWidth])
        for name in names.ownInputs + names.crossInputs { inputs[name] = empty }
        inputs[Self.branch] = Tensor([false], shape: [1])
        return inputs
    }

    /// Inputs that the branch with a cache does not read but that must be there.
    private func addUnused(to inputs: inout [String: Tensor]) {
        for input in next.inputs where inputs[input.name] == nil {
            if input.name == Self.branch {
                inputs[input.name] = Tensor([true], shape: [1])
            } else if input.name == "encoder_hidden_states" {
                inputs[input.name] = Tensor(zeros: input.elementType, shape: [1, 1, headCount * headWidth])
            }
        }
    }
}

extension HuggingFaceNetwork {
    /// The heads that the model names, or all heads of the upper half of the layers, as openai/whisper assumes.
    private static func alignmentHeads(_ configuration: WhisperConfiguration) -> [WhisperConfiguration.AlignmentHead] {
        if let named = configuration.alignmentHeads, !named.isEmpty {
            return named.filter {
                (0..<configuration.headCount).contains($0.head) && (0..<configuration.layerCount).contains($0.layer)
            }
        }
        return (configuration.layerCount / 2..<configuration.layerCount).flatMap { layer in
            (0..<configuration.headCount).map { .init(layer: layer, head: $0) }
        }
    }

    private static func check(
        _ encoder: OnnxSession, _ first: OnnxSession, _ next: OnnxSession, names: CacheNames,
        configuration: WhisperConfiguration
    ) throws(InferenceError) {
        func need(_ session: OnnxSession, inputs: [String] = [], outputs: [String] = []) throws(InferenceError) {
            for (kind, wanted, present) in [("input", inputs, session.inputs), ("output", outputs, session.outputs)] {
                let missing = wanted.first { name in !present.contains { $0.name == name } }
                if let missing { throw .foreignNetwork(session, "its \(kind) \"\(missing)\" is missing") }
            }
        }
        try need(encoder, inputs: ["input_features"], outputs: ["last_hidden_state"])
        try need(
            first, inputs: ["input_ids", "encoder_hidden_states"],
            outputs: ["logits"] + names.ownOutputs + names.crossOutputs)
        try need(
            next, inputs: ["input_ids"] + names.ownInputs + names.crossInputs, outputs: ["logits"] + names.ownOutputs)
        if first === next { try need(next, inputs: [branch]) }
        let width = configuration.modelWidth
        try encoder.require("input_features", sizes: [nil, configuration.melCount, nil])
        try encoder.require("last_hidden_state", sizes: [nil, nil, width])
        try first.require("encoder_hidden_states", sizes: [nil, nil, width])
        for name in names.ownInputs + names.crossInputs {
            let headWidth = width / max(1, configuration.headCount)
            try next.require(name, sizes: [nil, configuration.headCount, nil, headWidth])
        }
        for session in [first, next] {
            try session.require("logits", sizes: [nil, nil, configuration.vocabularySize])
        }
    }

    /// Tries with a cache of one frame whether two hypotheses can attend to one row of audio.
    ///
    /// It saves most of the memory and its traffic in beam search. Exports differ in how they compute the attention.
    private static func sharesCrossAttention(
        _ next: OnnxSession, names: CacheNames, cacheType: ElementType, headCount: Int, headWidth: Int, width: Int
    ) -> Bool {
        var inputs = ["input_ids": Tensor([0, 0] as [Int64], shape: [2, 1])]
        for name in names.ownInputs { inputs[name] = Tensor(zeros: cacheType, shape: [2, headCount, 1, headWidth]) }
        for name in names.crossInputs { inputs[name] = Tensor(zeros: cacheType, shape: [1, headCount, 1, headWidth]) }
        for input in next.inputs where inputs[input.name] == nil {
            inputs[input.name] =
                input.name == branch
                ? Tensor([true], shape: [1]) : Tensor(zeros: input.elementType, shape: [1, 1, width])
        }
        let outputs = try? next.run(inputs, outputs: ["logits"])
        return outputs?["logits"]?.shape.first == 2
    }
}

extension [String: Tensor] {
    /// The tensors of some names.
    func inOrder(_ names: [String], of session: OnnxSession) throws(InferenceError) -> [Tensor] {
        var tensors: [Tensor] = []
        for name in names {
            guard let tensor = self[name] else {
                throw InferenceError(.runFailed, model: session.name, "The model gave no output \"\(name)\".")
            }
            tensors.append(tensor)
        }
        return tensors
    }
}
