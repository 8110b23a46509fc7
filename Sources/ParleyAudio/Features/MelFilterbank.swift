import Foundation

/// Triangular filters that gather the frequencies of a spectrum into mel bands.
///
/// Scale and normalisation are those of Slaney's Auditory Toolbox (Interval Research technical report 1998-010), as
/// `librosa.filters.mel` has them by default: linear below 1 kHz, logarithmic above, each filter of unit area.
struct MelFilterbank: Sendable {
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
    init(melCount: Int, fftSize: Int, sampleRateHz: Int, frequenciesHz: ClosedRange<Double>) {
        let lowest = Self.mel(hz: frequenciesHz.lowerBound)
        let step = (Self.mel(hz: frequenciesHz.upperBound) - lowest) / Double(melCount + 1)
        let edges = (0..<(melCount + 2)).map { Self.hz(mel: lowest + Double($0) * step) }
        let binWidth = Double(sampleRateHz) / Double(fftSize)
        filters = (0..<melCount).map { band in
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            let area = 2 / (high - low)
            let weights = (0...(fftSize / 2)).map { bin -> Float in
                let frequency = Double(bin) * binWidth
                let slope = min((frequency - low) / (centre - low), (high - frequency) / (high - centre))
                return Float(max(0, slope) * area)
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

    // The scale is linear up to 1 kHz, with 3 mel per 200 Hz, and then grows by a factor of 6.4 every 27 mel.
    private static let melPerHz = 3.0 / 200
    private static let logStartHz = 1_000.0
    private static let logStartMel = logStartHz * melPerHz
    private static let logStep = log(6.4) / 27

    private static func mel(hz: Double) -> Double {
        hz < logStartHz ? hz * melPerHz : logStartMel + log(hz / logStartHz) / logStep
    }

    private static func hz(mel: Double) -> Double {
        mel < logStartMel ? mel / melPerHz : logStartHz * exp(logStep * (mel - logStartMel))
    }
}
