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
    static let measured: [String: SpeakerThresholds] = [:]

    /// Lines that others draw for networks of a framework; none of them has been measured by Parley.
    ///
    /// Linkage: 0.70 is pyannote's for WeSpeaker's ResNet34 (speaker-diarization-3.1: 0.7046, cosine distance of
    /// centroids); sherpa-onnx's diarization draws 0.5 for whatever network, complete linkage, and that is taken for the
    /// others. Acceptance: 0.6 is what sherpa-onnx's speaker identification examples take for all of them.
    static func published(_ framework: SpeakerNetworkLayout.Framework) -> SpeakerThresholds {
        switch framework {
        case .wespeaker: SpeakerThresholds(linkage: 0.70, acceptance: 0.6)
        case .threeDSpeaker, .nemo: SpeakerThresholds(linkage: 0.5, acceptance: 0.6)
        }
    }
}
