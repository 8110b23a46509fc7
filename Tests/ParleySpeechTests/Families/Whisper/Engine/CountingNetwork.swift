import ParleyCore
import ParleyInference
import ParleyTestSupport

@testable import ParleySpeech

/// Passes everything on to another network and remembers what was asked.
struct CountingNetwork: WhisperNetwork {
    struct Calls: Sendable {
        /// Windows of each call of the encoder.
        var encoded: [Int] = []
        /// Rows and prompt length of each start.
        var started: [(rows: Int, length: Int)] = []
        /// Rows of each step.
        var advanced: [Int] = []
        /// Rows of each alignment.
        var aligned: [Int] = []
    }

    let network: any WhisperNetwork
    let calls = Locked(Calls())

    var sharesCrossAttention: Bool { network.sharesCrossAttention }
    var batchAxis: Int { network.batchAxis }
    var givesAttention: Bool { network.givesAttention }

    func encode(_ features: [[Float]], cancellation: CancellationFlag) throws -> EncodedAudio {
        calls.update { $0.encoded.append(features.count) }
        return try network.encode(features, cancellation: cancellation)
    }

    func join(_ audio: [EncodedAudio]) throws -> EncodedAudio { try network.join(audio) }

    func start(
        _ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        calls.update { $0.started.append((tokens.count, tokens.first?.count ?? 0)) }
        return try network.start(audio, tokens: tokens, cancellation: cancellation)
    }

    func advance(
        _ cache: DecoderCache, tokens: [Int], cancellation: CancellationFlag
    ) throws -> (DecoderCache, Tensor) {
        calls.update { $0.advanced.append(tokens.count) }
        return try network.advance(cache, tokens: tokens, cancellation: cancellation)
    }

    func select(_ rows: RowSelection, of cache: DecoderCache) throws -> DecoderCache {
        try network.select(rows, of: cache)
    }

    func align(_ audio: EncodedAudio, tokens: [[Int]], cancellation: CancellationFlag) throws -> AttendedText {
        calls.update { $0.aligned.append(tokens.count) }
        return try network.align(audio, tokens: tokens, cancellation: cancellation)
    }
}

extension WhisperEngine {
    /// The same engine with another network, and with waves as on a device with many cores.
    func with(network: any WhisperNetwork, maximumRows: Int? = nil, isParallel: Bool = false) -> WhisperEngine {
        WhisperEngine(
            network: network, configuration: configuration, tokenizer: tokenizer,
            limits: WaveLimits(maximumRows: maximumRows ?? limits.maximumRows, isParallel: isParallel),
            account: account)
    }
}
