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

    /// - Throws: ``RecognitionError`` with `modelUnavailable`, or ``InferenceError``.
    func engine(on device: InferenceDevice) throws -> WhisperEngine {
        let precision = try precision(on: device)
        guard let networks = folder.networks(precision) else { throw unavailable("its networks are incomplete") }
        let (network, configuration, metadata) = try load(networks, on: device)
        let tokenizer = try WhisperTokenizer(folder: folder, metadata: metadata)
        return WhisperEngine(
            network: network, configuration: configuration, tokenizer: tokenizer,
            limits: WaveLimits(maximumRows: batching.maximumBatch, isParallel: device.gpuIndex != nil))
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
    ) throws -> (any WhisperNetwork, WhisperConfiguration, [String: String]) {
        switch networks {
        case .merged(let encoder, let decoder):
            let configuration = try WhisperConfiguration(folder: folder)
            let decoder = try session(decoder, on: device)
            let network = try HuggingFaceNetwork(
                encoder: session(encoder, on: device), first: decoder, next: decoder, configuration: configuration)
            return (network, configuration, [:])
        case .pair(let encoder, let first, let next):
            let configuration = try WhisperConfiguration(folder: folder)
            let network = try HuggingFaceNetwork(
                encoder: session(encoder, on: device), first: session(first, on: device),
                next: session(next, on: device), configuration: configuration)
            return (network, configuration, [:])
        case .sherpa(let encoder, let decoder):
            let encoder = try session(encoder, on: device)
            let configuration = try WhisperConfiguration(metadata: encoder.metadata, model: encoder.name)
            let network = try SherpaNetwork(
                encoder: encoder, decoder: session(decoder, on: device), configuration: configuration)
            return (network, configuration, encoder.metadata)
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
