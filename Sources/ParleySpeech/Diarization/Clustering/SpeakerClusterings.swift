import ParleyCore

/// The clusterings that Parley has.
enum SpeakerClusterings {
    /// The clustering for an encoder's vectors.
    /// - Parameters:
    ///   - method: Which.
    ///   - traits: Of the encoder.
    ///   - plda: What VBx needs, where the encoder has it.
    /// - Throws: ``InferenceError`` with `modelMissing` when VBx is asked for without `plda`, `modelForeign` when it is
    ///   another encoder's.
    static func make(
        _ method: ClusteringMethod, traits: SpeakerEncoderTraits, plda: PLDA?
    ) throws(InferenceError) -> any SpeakerClustering {
        TwoStageClustering(
            method: try pointClustering(method, traits, plda),
            condenser: VoiceCondenser(threshold: traits.linkageThreshold))
    }

    private static func pointClustering(
        _ method: ClusteringMethod, _ traits: SpeakerEncoderTraits, _ plda: PLDA?
    ) throws(InferenceError) -> any PointClustering {
        let average = LinkageClustering(linkage: .average, threshold: traits.linkageThreshold)
        switch method {
        case .automatic: return plda == nil ? average : try vbx(traits, plda)
        case .linkage: return average
        case .centroid:
            return LinkageClustering(
                linkage: .centroid, threshold: centroidThreshold(cosineDistance: traits.linkageThreshold))
        case .vbx: return try vbx(traits, plda)
        case .spectral: return SpectralClustering(fallback: average)
        }
    }

    private static func vbx(_ traits: SpeakerEncoderTraits, _ plda: PLDA?) throws(InferenceError) -> VBxClustering {
        guard let plda else {
            throw InferenceError(
                .modelMissing, model: traits.id,
                "Clustering by VBx needs the files xvec_transform.npz and plda.npz beside the speaker encoder.")
        }
        guard plda.inputDimension == traits.dimension else {
            throw InferenceError(
                .modelForeign, model: traits.id,
                "xvec_transform.npz is for vectors of \(plda.inputDimension) values; the speaker encoder gives "
                    + "\(traits.dimension).")
        }
        return VBxClustering(plda: plda)
    }

    /// The Euclidean distance between means that goes with a mean cosine distance between voices.
    ///
    /// Means of voices that differ among themselves are shorter than 1 and so nearer to each other: by a third, as
    /// measured with the bundled encoder, for which 0.50 finds the same people as a cosine distance of 0.28.
    static func centroidThreshold(cosineDistance: Float) -> Float {
        (2 * cosineDistance).squareRoot() * 0.67
    }
}
