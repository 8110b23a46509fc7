import Foundation
public import ParleyCore

/// Energy per mel band and frame.
public struct MelFrames: Sendable, Hashable {
    /// Number of frames.
    public let frameCount: Int
    /// Bands per frame.
    public let melCount: Int
    /// All bands of the first frame, then of the second and so on.
    public let values: [Float]

    /// Makes frames from a flat array.
    public init(melCount: Int, values: [Float]) {
        self.melCount = melCount
        self.values = values
        frameCount = melCount > 0 ? values.count / melCount : 0
    }

    /// The bands of one frame.
    public subscript(frame: Int) -> ArraySlice<Float> { values[(frame * melCount)..<((frame + 1) * melCount)] }
}

/// The mel power spectrogram of a piece of audio, as `librosa.feature.melspectrogram` computes it by default.
///
/// Periodic Hann window unless another is asked for, squared magnitudes, Slaney's mel scale and normalisation.
public struct MelSpectrogram: Sendable {
    /// What lies beyond the ends of the audio for frames that reach over them.
    public enum Padding: String, Sendable, CaseIterable {
        /// The audio mirrored at its ends; the first frame is centred on the first sample.
        case reflect
        /// Silence; the first frame is centred on the first sample.
        case zeros
        /// No frame reaches over an end; the first frame starts at the first sample.
        case none
    }

    /// Length of the transform; the window lies in its middle.
    public let fftSize: Int
    /// Samples from one frame to the next.
    public let hopSampleCount: Int
    /// Number of mel bands.
    public let melCount: Int
    /// What lies beyond the ends.
    public let padding: Padding

    private let window: [Float]
    private let filterbank: MelFilterbank

    /// Prepares window and filters.
    ///
    /// Sizes out of range are moved to the nearest that makes a spectrogram.
    /// - Parameters:
    ///   - sampleRateHz: Sample rate of the audio in Hz. Default 16,000.
    ///   - fftSize: Length of the transform, even, at least 2. Default 400.
    ///   - hopSampleCount: Samples from one frame to the next, at least 1. Default 160.
    ///   - melCount: Number of mel bands, at least 1. Default 80.
    ///   - frequenciesHz: Lower end of the first and upper end of the last band. Default: 0 to half the sample rate.
    ///   - padding: What lies beyond the ends. Default ``Padding/reflect``, as in librosa up to 0.8 and in Whisper.
    ///   - window: Default ``AnalysisWindow/periodicHann``.
    ///   - windowSampleCount: Samples of the window, 1 to the length of the transform, which is the default.
    public init(
        sampleRateHz: Int = PCM.sampleRateHz, fftSize: Int = 400, hopSampleCount: Int = 160, melCount: Int = 80,
        frequenciesHz: ClosedRange<Double>? = nil, padding: Padding = .reflect,
        window: AnalysisWindow = .periodicHann, windowSampleCount: Int? = nil
    ) {
        let rate = max(1, sampleRateHz)
        let size = max(2, fftSize + fftSize % 2)
        self.fftSize = size
        self.hopSampleCount = max(1, hopSampleCount)
        self.melCount = max(1, melCount)
        self.padding = padding
        let shape = window.values(min(size, max(1, windowSampleCount ?? size)))
        let lead = (size - shape.count) / 2
        self.window =
            [Float](repeating: 0, count: lead) + shape + [Float](repeating: 0, count: size - lead - shape.count)
        filterbank = MelFilterbank(
            melCount: self.melCount, fftSize: size, sampleRateHz: rate,
            frequenciesHz: frequenciesHz ?? 0...(Double(rate) / 2))
    }

    /// Frames that a number of samples gives.
    public func frameCount(sampleCount: Int) -> Int {
        guard sampleCount > 0 else { return 0 }
        switch padding {
        case .reflect, .zeros: return 1 + sampleCount / hopSampleCount
        case .none:
            guard sampleCount >= fftSize else { return 0 }
            return 1 + (sampleCount - fftSize) / hopSampleCount
        }
    }

    /// The power spectrogram.
    /// - Parameter samples: Mono audio at the sample rate.
    public func power(_ samples: [Float]) -> MelFrames {
        power(samples, frameCount: frameCount(sampleCount: samples.count))
    }

    /// The first frames of the power spectrogram.
    /// - Parameters:
    ///   - samples: Mono audio at the sample rate.
    ///   - frameCount: At most as many as the audio gives.
    func power(_ samples: [Float], frameCount: Int) -> MelFrames {
        // The initialiser has made the length one that has a transform.
        guard let fft = RealFFT(length: fftSize) else { return MelFrames(melCount: melCount, values: []) }
        let lead = padding == .none ? 0 : fftSize / 2
        var frame = [Float](repeating: 0, count: fftSize)
        var power = [Float](repeating: 0, count: fft.binCount)
        var bands: [Float] = []
        bands.reserveCapacity(frameCount * melCount)
        for index in 0..<frameCount {
            fill(&frame, from: samples, start: index * hopSampleCount - lead)
            fft.power(of: frame, into: &power)
            filterbank.append(to: &bands, power: power)
        }
        return MelFrames(melCount: melCount, values: bands)
    }

    /// Puts windowed samples into a frame, with padding where it reaches over an end.
    private func fill(_ frame: inout [Float], from samples: [Float], start: Int) {
        if start >= 0, start + frame.count <= samples.count {
            for offset in frame.indices { frame[offset] = samples[start + offset] * window[offset] }
            return
        }
        for offset in frame.indices {
            let position = start + offset
            if samples.indices.contains(position) {
                frame[offset] = samples[position] * window[offset]
            } else if padding == .reflect {
                frame[offset] = samples[reflected(position, count: samples.count)] * window[offset]
            } else {
                frame[offset] = 0
            }
        }
    }

    /// The place of a position beyond the ends after mirroring, as often as needed, without repeating the end itself.
    private func reflected(_ position: Int, count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        let folded = ((position % period) + period) % period
        return min(folded, period - folded)
    }
}
