import Foundation

/// Triangular filters that gather the frequencies of a spectrum into mel bands.
///
/// Two kinds are in use, see ``Scale``.
struct MelFilterbank: Sendable {
    enum Scale: Sendable {
        /// Slaney's Auditory Toolbox (Interval Research technical report 1998-010), as `librosa.filters.mel` has it by
        /// default: linear below 1 kHz, logarithmic above; triangles over the frequency, each of unit area.
        case slaney
        /// Kaldi and HTK: `1127 ln(1 + f / 700)`; triangles over the mel scale, each of unit height.
        case kaldi
    }
    private struct Filter: Sendable {
        var firstBin: Int
        var weights: [Float]
    }
    private let filters: [Filter]

    /// Makes the filters.
    /// - Parameters:
    ///   - melCount: Number of bands.
    ///   - fftSize: Length of the transform whose spectrum is filtered.
    ///   - sampleRateHz: Sample rate of the audio.
    ///   - frequenciesHz: Lower end of the first and upper end of the last band.
    ///   - scale: Default ``Scale/slaney``.
    init(
        melCount: Int, fftSize: Int, sampleRateHz: Int, frequenciesHz: ClosedRange<Double>, scale: Scale = .slaney
    ) {
        let lowest = scale.mel(hz: frequenciesHz.lowerBound)
        let step = (scale.mel(hz: frequenciesHz.upperBound) - lowest) / Double(melCount + 1)
        let edges = (0..<(melCount + 2)).map { scale.position(mel: lowest + Double($0) * step) }
        let binWidth = Double(sampleRateHz) / Double(fftSize)
        filters = (0..<melCount).map { band in
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            let height = scale.height(low: low, high: high)
            let weights = (0...(fftSize / 2)).map { bin -> Float in
                let position = scale.position(hz: Double(bin) * binWidth)
                let slope = min((position - low) / (centre - low), (high - position) / (high - centre))
                return Float(max(0, slope) * height)
            }
            guard let first = weights.firstIndex(where: { $0 > 0 }), let last = weights.lastIndex(where: { $0 > 0 })
            else { return Filter(firstBin: 0, weights: []) }
            return Filter(firstBin: first, weights: Array(weights[first...last]))
        }
    }

    /// Appends the energy of each band.
    func append(to bands: inout [Float], power: [Float]) {
        for filter in filters {
            var energy: Float = 0
            for (offset, weight) in filter.weights.enumerated() { energy += weight * power[filter.firstBin + offset] }
            bands.append(energy)
        }
    }
}

extension MelFilterbank.Scale {
    // Slaney's scale is linear up to 1 kHz, with 3 mel per 200 Hz, and then grows by a factor of 6.4 every 27 mel.
    private static let melPerHz = 3.0 / 200
    private static let logStartHz = 1_000.0
    private static let logStartMel = logStartHz * melPerHz
    private static let logStep = log(6.4) / 27

    func mel(hz: Double) -> Double {
        switch self {
        case .slaney:
            hz < Self.logStartHz ? hz * Self.melPerHz : Self.logStartMel + log(hz / Self.logStartHz) / Self.logStep
        case .kaldi: 1_127 * log(1 + hz / 700)
        }
    }

    /// Where a frequency lies on the axis that the triangles are straight on.
    func position(hz: Double) -> Double { self == .slaney ? hz : mel(hz: hz) }

    /// Where a place of the scale lies on that axis.
    func position(mel: Double) -> Double {
        guard self == .slaney else { return mel }
        return mel < Self.logStartMel
            ? mel / Self.melPerHz : Self.logStartHz * exp(Self.logStep * (mel - Self.logStartMel))
    }

    /// Height of the triangle between two places of that axis.
    func height(low: Double, high: Double) -> Double { self == .slaney ? 2 / (high - low) : 1 }
}
