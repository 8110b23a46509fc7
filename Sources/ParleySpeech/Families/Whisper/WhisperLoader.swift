import ParleyCore
import ParleyInference

/// Makes a device ready to run a model: picks the weights that suit it and loads them.
struct WhisperLoader {
    let id: String
    let folder: WhisperFolder
    let runtime: OnnxRuntime
    let batching: BatchingOptions
    /// The weights to be loaded; nil takes those that suit the device.
    let wanted: WeightPrecision?

    /// The devices' memory; nil loads without asking.
    let memory: ModelMemory?

    private struct Parts {
        let network: any WhisperNetwork
        let configuration: WhisperConfiguration
        /// Of k2-fsa's encoder.
        var metadata: [String: String] = [:]
    }

    /// - Throws: ``RecognitionError`` with `modelUnavailable`, or ``InferenceError``.
    func engine(on device: InferenceDevice) throws -> WhisperEngine {
        let precision = try precision(on: device)
        guard let networks = folder.networks(precision) else { throw unavailable("its networks are incomplete") }
        let key = CostModel.Key(family: id, precision: precision)
        let (parts, reservation) = try (memory ?? .unlimited).loading(
            key, estimate: estimate(precision), on: device
        ) { try load(networks, on: device) }
        let tokenizer = try WhisperTokenizer(folder: folder, metadata: parts.metadata)
        return WhisperEngine(
            network: parts.network, configuration: parts.configuration, tokenizer: tokenizer,
            limits: WaveLimits(maximumRows: batching.maximumBatch, isParallel: device.gpuIndex != nil),
            account: WhisperEngine.Account(
                memory: memory ?? .unlimited, key: key, device: device, weights: reservation))
    }

    /// What is known of the memory before anything is loaded: the files' size, and for each text of a batch keys and
    /// values of the audio and of the text in every layer, and its logits.
    private func estimate(_ precision: WeightPrecision) -> CostModel.Cost {
        let bytes = precision == .float16 ? 2 : 4
        // k2-fsa's numbers stand inside the encoder; its models have the same sizes as the others.
        guard let numbers = try? WhisperConfiguration(folder: folder) else {
            return CostModel.Cost(weightBytes: folder.byteCount(precision), bytesPerRow: 256 << 20)
        }
        let frames = WhisperAudio.frameCount / 2 + numbers.contextLength
        let row = numbers.layerCount * 2 * frames * numbers.modelWidth * bytes + numbers.vocabularySize * 4
        return CostModel.Cost(weightBytes: folder.byteCount(precision), bytesPerRow: row)
    }

    /// The weights that were asked for, or those that suit the device.
    private func precision(on device: InferenceDevice) throws -> WeightPrecision {
        let available = Set(folder.precisions)
        guard let wanted else { return try .preferred(available: available, on: device) }
        guard available.contains(wanted) else {
            let names = folder.precisions.map(\.rawValue).joined(separator: ", ")
            throw unavailable("it is not installed with \(wanted.rawValue) weights, only with \(names)")
        }
        return try .preferred(available: [wanted], on: device)
    }

    private func load(
        _ networks: WhisperFolder.Networks, on device: InferenceDevice
    ) throws -> Parts {
        switch networks {
        case .merged(let encoder, let decoder):
            let configuration = try WhisperConfiguration(folder: folder)
            let decoder = try session(decoder, on: device)
            let network = try HuggingFaceNetwork(
                encoder: session(encoder, on: device), first: decoder, next: decoder, configuration: configuration)
            return Parts(network: network, configuration: configuration)
        case .pair(let encoder, let first, let next):
            let configuration = try WhisperConfiguration(folder: folder)
            let network = try HuggingFaceNetwork(
                encoder: session(encoder, on: device), first: session(first, on: device),
                next: session(next, on: device), configuration: configuration)
            return Parts(network: network, configuration: configuration)
        case .sherpa(let encoder, let decoder):
            let encoder = try session(encoder, on: device)
            let configuration = try WhisperConfiguration(metadata: encoder.metadata, model: encoder.name)
            let network = try SherpaNetwork(
                encoder: encoder, decoder: session(decoder, on: device), configuration: configuration)
            return Parts(network: network, configuration: configuration, metadata: encoder.metadata)
        }
    }

    private func session(_ path: String, on device: InferenceDevice) throws(InferenceError) -> OnnxSession {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return try runtime.loadModel(path: path, name: "\(id)/\(file)", options: SessionOptions(device: device))
    }

    private func unavailable(_ reason: String) -> RecognitionError {
        RecognitionError(
            .modelUnavailable, "The model '\(id)' can't be loaded: \(reason).", underlying: folder.directory)
    }
}
