public import ParleyCore
public import ParleyInference

/// Streaming diarization with Sortformer v2 or v2.1: one network that names up to four speakers in the order in which
/// they are first heard.
///
/// Park et al., "Sortformer: seamless integration of speaker diarization and ASR by bridging timestamps and tokens"
/// (2024); Medennikov et al., "Streaming Sortformer" (2025). Models in the ONNX layout of altunenes/parakeet-rs. A fifth
/// voice is given to one of the four. Labels are never corrected, and voices are not recognised.
///
/// A stream keeps the speaker cache, the queue and a chunk of audio: under 3 MB with the published sizes, whatever the
/// stream's length. Steps of streams whose caches and queues are equally full are run as one batch where the
/// export allows it, which a trial at load time finds out. As caches are full from the first minute on and queues go
/// round in a short cycle, that is common; steps of other shapes can't share a batch, because the layout has no mask for
/// padding inside a sequence.
public struct SortformerDiarizer: StreamingDiarizer, BatchReporting {
    private let parts: SortformerParts
    /// What the model's metadata say, and what else can be had.
    private let ownSettings: SortformerSettings
    private let choices: [SortformerSettings]

    /// Blocking: tries the network.
    /// - Parameters:
    ///   - sessions: The network, once for each device.
    ///   - turnRules: How posteriors become turns. Default ``TurnRules/callhome``.
    ///   - threadCount: Batches that are run at the same time on a processor; a GPU has one. Default 1.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    public init(_ sessions: [OnnxSession], turnRules: TurnRules = .callhome, threadCount: Int = 1) throws {
        guard let session = sessions.first else {
            throw InferenceError(.modelForeign, model: "sortformer", "Diarization needs at least one device.")
        }
        let networks = try sessions.map { try SortformerNetwork(session: $0) }
        let network = networks[0]
        let own = try SortformerSettings(metadata: session.metadata, model: session.name)
        func fits(_ settings: SortformerSettings) -> Bool {
            network.fixedChunkMelFrameCount.map { settings.stepFrameCount * SortformerSettings.subsampling <= $0 }
                ?? true
        }
        guard fits(own) else {
            throw InferenceError(
                .modelForeign, model: session.name, "The diarization model takes shorter chunks than its metadata say.")
        }
        ownSettings = own
        choices = SortformerSettings.published.filter { fits($0) }
        let replicas = zip(sessions, networks).flatMap { session, network in
            Array(repeating: network, count: session.device.gpuIndex == nil ? max(1, threadCount) : 1)
        }
        parts = SortformerParts(network: network, replicas: replicas, turnRules: turnRules)
    }

    /// See ``StreamingDiarizer``.
    public var traits: StreamingDiarizerTraits {
        let latencies = (choices + [ownSettings]).map(\.latency)
        return StreamingDiarizerTraits(
            maximumSpeakers: parts.network.speakerCount, recognisesVoices: false, revisesLabels: false,
            latencies: (latencies.min() ?? .zero)...(latencies.max() ?? .zero))
    }

    /// See ``BatchReporting``.
    public var batching: BatchSchedulerStatus? { parts.scheduler.status }

    /// See ``StreamingDiarizer``.
    ///
    /// Speakers beyond the maximum are left out.
    public func makeStream(_ options: StreamingDiarizationOptions) async throws -> any DiarizationStream {
        makeStream(options, settings: settings(options.latency))
    }

    /// The same with settings that need not be published ones.
    func makeStream(_ options: StreamingDiarizationOptions, settings: SortformerSettings) -> SortformerStream {
        SortformerStream(parts: parts, options: options, settings: settings)
    }

    private func settings(_ latency: Duration?) -> SortformerSettings {
        guard let latency else { return ownSettings }
        return choices.last { $0.latency <= latency } ?? choices.first ?? ownSettings
    }
}

/// What the streams of a Sortformer share.
struct SortformerParts: Sendable {
    /// Steps that can be run together.
    struct Shape: Hashable, Sendable {
        let chunk: Int
        let cache: Int
        let queue: Int
    }

    let network: SortformerNetwork
    let turnRules: TurnRules
    let scheduler: BatchScheduler<SortformerNetwork.Step, Shape, SortformerNetwork.Output>

    /// Steps come seldom, and each has to be done before the stream's next.
    private static let batching = BatchingOptions(maximumBatch: 8, maximumWait: .milliseconds(5))

    init(network: SortformerNetwork, replicas: [SortformerNetwork], turnRules: TurnRules) {
        self.network = network
        self.turnRules = turnRules
        scheduler = BatchScheduler(
            name: "sortformer",
            options: network.takesBatches ? Self.batching : BatchingOptions(maximumBatch: 1, maximumWait: .zero),
            replicas: replicas.map { replica in
                { entries, _, cancellation in
                    do {
                        return try replica.run(entries.map(\.job), cancellation: cancellation).map { .finished($0) }
                    } catch {
                        return entries.map { _ in .failed(error) }
                    }
                }
            })
    }

    /// Runs a step of one stream.
    func run(
        _ step: SortformerNetwork.Step, request: RequestID, priority: WorkPriority
    ) async throws -> SortformerNetwork.Output {
        try await scheduler.run(
            step, bucket: Shape(chunk: step.chunk.count, cache: step.cache.count, queue: step.queue.count),
            request: request, priority: priority)
    }
}
