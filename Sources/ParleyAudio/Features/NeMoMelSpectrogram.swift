import Foundation

/// The log-mel spectrogram that NeMo's networks read (`FilterbankFeatures` in its features.py): TitaNet with 80 bands,
/// Sortformer with 128.
///
/// Pre-emphasis 0.97; every 10 ms a window of 25 ms, symmetric and in the middle of a transform of 512, the first
/// centred on the first sample, silence beyond the ends; power; bands on Slaney's scale up to half the sample rate;
/// `log(x + 2^-24)`.
public struct NeMoMelSpectrogram: Sendable {
    private static let preemphasis: Float = 0.97
    /// 2^-24.
    private static let logFloor: Float = 5.960_464_5e-8
    private static let standardDeviationFloor: Float = 1e-5

    private let spectrogram: MelSpectrogram

    /// Samples from one frame to the next.
    public var hopSampleCount: Int { spectrogram.hopSampleCount }
    /// Bands per frame.
    public var melCount: Int { spectrogram.melCount }

    /// Prepares window and filters.
    /// - Parameters:
    ///   - melCount: Number of bands, at least 1. Default 80.
    ///   - window: Default ``AnalysisWindow/hann``.
    ///   - windowSampleCount: Samples of the window, at least 2. Default 400.
    ///   - hopSampleCount: Samples from one frame to the next, at least 1. Default 160.
    ///   - padding: What lies beyond the ends. Default ``MelSpectrogram/Padding/zeros``, as in NeMo today; early
    ///     versions mirrored the audio.
    public init(
        melCount: Int = 80, window: AnalysisWindow = .hann, windowSampleCount: Int = 400, hopSampleCount: Int = 160,
        padding: MelSpectrogram.Padding = .zeros
    ) {
        var fftSize = 2
        while fftSize < windowSampleCount { fftSize *= 2 }
        spectrogram = MelSpectrogram(
            fftSize: fftSize, hopSampleCount: hopSampleCount, melCount: melCount, padding: padding, window: window,
            windowSampleCount: windowSampleCount)
    }

    /// Frames that NeMo's networks are told of: one for each whole hop.
    ///
    /// ``features(_:)`` gives one more, centred on the end of the audio.
    public func validFrameCount(sampleCount: Int) -> Int { max(0, sampleCount) / hopSampleCount }

    /// The log-mel spectrogram, not normalised.
    /// - Parameter samples: Mono audio at 16 kHz, -1...1.
    /// - Returns: `1 + count / hop` frames; none for no audio.
    public func features(_ samples: [Float]) -> MelFrames {
        var emphasised = samples
        for index in samples.indices.dropFirst() {
            emphasised[index] = samples[index] - Self.preemphasis * samples[index - 1]
        }
        let power = spectrogram.power(emphasised)
        return MelFrames(melCount: melCount, values: power.values.map { log($0 + Self.logFloor) })
    }

    /// Frames of which each band has the mean 0 and the (unbiased) standard deviation 1, NeMo's `per_feature`.
    public static func normalizedPerFeature(_ frames: MelFrames) -> MelFrames {
        let (melCount, frameCount) = (frames.melCount, frames.frameCount)
        var values = frames.values
        for band in 0..<melCount where frameCount > 0 {
            let places = stride(from: band, to: frameCount * melCount, by: melCount)
            let mean = Float(places.reduce(0.0) { $0 + Double(values[$1]) } / Double(frameCount))
            let squares = places.reduce(0.0) { $0 + Double((values[$1] - mean) * (values[$1] - mean)) }
            let deviation = Float((squares / Double(max(1, frameCount - 1))).squareRoot())
            let scale = 1 / (deviation + standardDeviationFloor)
            for place in places { values[place] = (values[place] - mean) * scale }
        }
        return MelFrames(melCount: melCount, values: values)
    }
}
