/// What has to be known of an encoder to compare its vectors.
struct SpeakerEncoderTraits: Sendable, Hashable {
    /// Identifies the weights: part of every stored voice.
    let id: String
    /// Values per vector.
    let dimension: Int
    /// Cosine distance, 0...2, up to which average linkage takes voices of a recording for one person's.
    var linkageThreshold: Float
    /// Cosine similarity, -1...1, from which a voice is taken for a known speaker's.
    let acceptance: Float
}

extension SpeakerEncoderTraits {
    /// The name of an encoder with certain weights.
    static func id(_ kind: String, fingerprint: String) -> String {
        fingerprint.isEmpty ? kind : "\(kind)-\(fingerprint)"
    }

    /// The traits of a network of a public framework: what was measured for these weights, or the framework's own.
    init(framework: SpeakerNetworkLayout.Framework, fingerprint: String, dimension: Int) {
        let thresholds = SpeakerThresholds.measured[fingerprint] ?? .published(framework)
        self.init(
            id: Self.id(framework.rawValue, fingerprint: fingerprint), dimension: dimension,
            linkageThreshold: thresholds.linkage, acceptance: thresholds.acceptance)
    }
}

/// Where an encoder draws its lines.
struct SpeakerThresholds: Sendable {
    let linkage: Float
    let acceptance: Float

    /// Lines that were measured here, by the fingerprint of the weights.
    static let measured: [String: SpeakerThresholds] = ["816abdb179181c92": max78000]

    /// A thin ResNet of 64 values per voice (nyangmeong/max78000-speaker-verification, with sherpa-onnx's metadata).
    ///
    /// Acceptance: of 3,276 pairs of different readers (LibriSpeech, LJSpeech), an utterance against a reference of 2,
    /// 4 or 10 s, 0.00%, 0.03% and 0.15% reached 0.80; of about 400 pairs of the same reader 35.5%, 15.0% and 4.3% did
    /// not. At 0.70: 1.8%, 3.6% and 5.6% against 7.9%, 1.0% and 0.3%.
    ///
    /// Linkage: at 0.27 conversations of 2, 3 and 5 readers had confusions of 0.9%, 2.2% and 0.5%, at 0.32 of 0.9%,
    /// 0.4% and 0.7%; at 0.22 voices were split, at 0.36 the two were taken for one. Two women on the telephone it can't
    /// tell apart from 0.27 on.
    private static let max78000 = SpeakerThresholds(linkage: 0.32, acceptance: 0.80)

    /// Lines that others draw for networks of a framework; none of them has been measured by Parley.
    ///
    /// Linkage: pyannote's speaker-diarization-3.1 has 0.7046 for WeSpeaker's ResNet34 as the Euclidean distance of
    /// centroids, which answers to a mean cosine distance of 0.39 between voices
    /// (``SpeakerClusterings/centroidThreshold(cosineDistance:)``). sherpa-onnx has 0.5 for whatever network as the
    /// largest cosine distance in a cluster, for which a mean of 0.4 is taken. Acceptance: sherpa-onnx's speaker
    /// identification examples take 0.6 for all of them.
    static func published(_ framework: SpeakerNetworkLayout.Framework) -> SpeakerThresholds {
        switch framework {
        case .wespeaker: SpeakerThresholds(linkage: 0.39, acceptance: 0.6)
        case .threeDSpeaker, .nemo: SpeakerThresholds(linkage: 0.4, acceptance: 0.6)
        }
    }
}
