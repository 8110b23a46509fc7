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

/// The mel power spectrogram of a piece of audio, as `librosa.feature.melspectrogram` computes it by default: periodic
/// Hann window, squared magnitudes, Slaney's mel scale and normalisation.
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

    /// The shape of a spectrogram.
    public struct Parameters: Sendable, Hashable {
        /// Sample rate of the audio in Hz.
        public var sampleRateHz: Int
        /// Samples per frame, which is also the length of the transform; even.
        public var fftSize: Int
        /// Samples from one frame to the next.
        public var hopSampleCount: Int
        /// Number of mel bands.
        public var melCount: Int
        /// Lower end of the first and upper end of the last band, in Hz.
        public var frequenciesHz: ClosedRange<Double>
        /// What lies beyond the ends.
        public var padding: Padding

        /// Makes parameters; the bands reach up to half the sample rate unless said otherwise.
        public init(
            sampleRateHz: Int = PCM.sampleRateHz, fftSize: Int = 400, hopSampleCount: Int = 160, melCount: Int = 80,
            frequenciesHz: ClosedRange<Double>? = nil, padding: Padding = .reflect
        ) {
            self.sampleRateHz = sampleRateHz
            self.fftSize = fftSize
            self.hopSampleCount = hopSampleCount
            self.melCount = melCount
            self.frequenciesHz = frequenciesHz ?? 0...max(0, Double(sampleRateHz) / 2)
            self.padding = padding
        }
    }

    /// The shape of the spectrogram.
    public let parameters: Parameters
    private let window: [Float]
    private let filterbank: MelFilterbank

    /// Prepares window and filters.
    /// - Throws: `AudioError` with `internalFailure` when the parameters make no spectrogram.
    public init(_ parameters: Parameters) throws(AudioError) {
        let sizes = [parameters.sampleRateHz, parameters.fftSize, parameters.hopSampleCount, parameters.melCount]
        guard sizes.allSatisfy({ (1...1_000_000).contains($0) }), parameters.fftSize.isMultiple(of: 2) else {
            throw AudioError(.internalFailure, "These parameters make no spectrogram.", underlying: "\(parameters)")
        }
        self.parameters = parameters
        let size = parameters.fftSize
        window = (0..<size).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(size))) }
        filterbank = MelFilterbank(
            melCount: parameters.melCount, fftSize: size, sampleRateHz: parameters.sampleRateHz,
            frequenciesHz: parameters.frequenciesHz)
    }

    /// Frames that a number of samples gives.
    public func frameCount(sampleCount: Int) -> Int {
        guard sampleCount > 0 else { return 0 }
        switch parameters.padding {
        case .reflect, .zeros: return 1 + sampleCount / parameters.hopSampleCount
        case .none:
            guard sampleCount >= parameters.fftSize else { return 0 }
            return 1 + (sampleCount - parameters.fftSize) / parameters.hopSampleCount
        }
    }

    /// The power spectrogram.
    /// - Parameter samples: Mono audio at the parameters' sample rate.
    public func power(_ samples: [Float]) -> MelFrames {
        // The initialiser has checked the length.
        guard let fft = RealFFT(length: parameters.fftSize) else { return MelFrames(melCount: 0, values: []) }
        let frameCount = frameCount(sampleCount: samples.count)
        let lead = parameters.padding == .none ? 0 : parameters.fftSize / 2
        var frame = [Float](repeating: 0, count: parameters.fftSize)
        var power = [Float](repeating: 0, count: fft.binCount)
        var bands: [Float] = []
        bands.reserveCapacity(frameCount * parameters.melCount)
        for index in 0..<frameCount {
            fill(&frame, from: samples, start: index * parameters.hopSampleCount - lead)
            fft.power(of: frame, into: &power)
            filterbank.append(to: &bands, power: power)
        }
        return MelFrames(melCount: parameters.melCount, values: bands)
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
            } else if parameters.padding == .reflect {
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
