import Foundation
public import ParleyCore
public import ParleyInference

/// Diarization by segmentation, speaker embeddings and clustering: overlapping windows with a few local speakers
/// each, a vector for every local speaker, and one clustering over the recording.
public struct OfflineDiarizer: Diarizer {
    let parts: DiarizationParts
    private let decoder: any AudioDecoder
    let acceptance: Float

    /// - Parameters:
    ///   - networks: What listens: one set for each device, at least one.
    ///   - decoder: Reads the references of known speakers.
    ///   - options: How it is done.
    ///   - threadCount: Batches of windows analysed at the same time on a processor; a GPU has one.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    public init(
        _ networks: [DiarizationNetworks], decoder: any AudioDecoder, options: OfflineDiarizerOptions = .init(),
        threadCount: Int
    ) throws(InferenceError) {
        var analyzers: [WindowAnalyzer] = []
        for set in networks {
            let analyzer = WindowAnalyzer(
                segmentation: try SegmentationModel(session: set.segmentation),
                encoder: try SpeakerEncoders.encoder(set.encoder))
            analyzers += Array(repeating: analyzer, count: set.isOnGPU ? 1 : max(1, threadCount))
        }
        guard let first = analyzers.first else {
            throw InferenceError(.modelForeign, model: "segmentation", "Diarization needs at least one device.")
        }
        let segmentation = first.segmentation
        var traits = first.encoder.traits
        if let threshold = options.clusteringThreshold { traits.linkageThreshold = Float(threshold) }
        parts = DiarizationParts(
            analysis: WindowAnalysis(analyzers, segmentation: segmentation),
            encoder: traits,
            clustering: try SpeakerClusterings.make(options.clustering, traits: traits, plda: try options.plda()),
            lane: BlockingLane(name: "diarize", threadCount: threadCount),
            windowStep: max(
                segmentation.frameShiftSamples,
                Int((Double(segmentation.windowSampleCount) * options.step).rounded())),
            turns: options.turns(segmentation))
        acceptance = options.acceptance.map { Float($0) } ?? traits.acceptance
        self.decoder = decoder
    }

    /// See ``Diarizer``.
    public func makeSession(_ options: DiarizationOptions) async throws -> any DiarizationSession {
        var known: [SpeakerNaming.NamedVoice] = []
        for speaker in options.knownSpeakers {
            let print = try await voicePrint(of: speaker.reference, name: speaker.name)
            known.append(SpeakerNaming.NamedVoice(name: speaker.name, embedding: print.values))
        }
        for voice in options.knownVoices {
            try voice.requireComparable(with: parts.encoder)
            known.append(SpeakerNaming.NamedVoice(name: voice.name, embedding: voice.print.values))
        }
        return OfflineDiarizationSession(
            parts: parts, options: options, naming: SpeakerNaming(acceptance: acceptance, known: known))
    }

    /// See ``Diarizer``.
    public func voicePrint(of reference: AudioInput, name: String) async throws -> VoicePrint {
        let samples = try await parts.lane.run { [decoder] in
            let reader = try decoder.open(reference, track: nil)
            var samples: [Float] = []
            while samples.count < Self.longestReferenceSampleCount, let chunk = try reader.next() { samples += chunk }
            return samples
        }
        let session = OfflineDiarizationSession(
            parts: parts, options: DiarizationOptions(), naming: SpeakerNaming(acceptance: 1, known: []))
        try await session.push(AudioWindow(startSample: 0, samples: samples))
        let windows = try await session.analyzedWindows()
        return try ReferenceVoice(name: name, encoder: parts.encoder, segmentation: parts.analysis.segmentation)
            .print(of: windows, sampleCount: samples.count)
    }

    private static let longestReferenceSampleCount = 30 * PCM.sampleRateHz
}

/// The networks of a diarizer, on one device.
public struct DiarizationNetworks: Sendable {
    /// Says who of a few local speakers talks when.
    public var segmentation: OnnxSession
    /// Turns a voice into a vector.
    public var encoder: OnnxSession
    /// Whether they run on a GPU.
    public var isOnGPU: Bool

    /// Puts them together.
    public init(segmentation: OnnxSession, encoder: OnnxSession, isOnGPU: Bool = false) {
        self.segmentation = segmentation
        self.encoder = encoder
        self.isOnGPU = isOnGPU
    }
}

/// How speakers are told apart in whole recordings.
public struct OfflineDiarizerOptions: Sendable, Hashable {
    /// Step from one segmentation window to the next as a share of the window, over 0...1.
    ///
    /// Default 0.25: every frame is judged four times.
    public var step = 0.25
    /// Cosine similarity, -1...1, from which a voice is taken for a known speaker's; nil takes the encoder's own.
    public var acceptance: Double?
    /// Posterior, 0...1, at which a turn begins.
    public var onset = Double(TurnOptions().onset)
    /// Posterior, 0...1, below which a turn ends; nil takes what suits the segmentation network.
    public var offset: Double?
    /// How voices are divided among people.
    public var clustering = ClusteringMethod.automatic
    /// Cosine distance, 0...2, up to which linkage takes voices for one person's; nil takes the encoder's own.
    public var clusteringThreshold: Double?
    /// Folder that may hold `xvec_transform.npz` and `plda.npz`, which VBx needs; nil where there is none.
    public var pldaDirectory: String?

    /// The defaults.
    public init() {}

    fileprivate func turns(_ segmentation: SegmentationModel) -> TurnOptions {
        var turns = segmentation.turnOptions
        turns.onset = Float(onset)
        if let offset { turns.offset = Float(offset) }
        return turns
    }

    /// What VBx needs, where it is asked for or may be.
    fileprivate func plda() throws(InferenceError) -> PLDA? {
        guard clustering == .automatic || clustering == .vbx, let pldaDirectory else { return nil }
        let folder = URL(fileURLWithPath: pldaDirectory)
        let files = ["xvec_transform.npz", "plda.npz"].map { folder.appendingPathComponent($0) }
        guard files.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
        return try PLDA(transform: files[0], plda: files[1])
    }
}

/// What the sessions of a diarizer share.
struct DiarizationParts: Sendable {
    let analysis: WindowAnalysis
    let encoder: SpeakerEncoderTraits
    let clustering: any SpeakerClustering
    /// Threads for clustering and for reading references.
    let lane: BlockingLane
    /// Samples from one segmentation window to the next.
    let windowStep: Int
    /// How turns are made of posteriors.
    let turns: TurnOptions
}
