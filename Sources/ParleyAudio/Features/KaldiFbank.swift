import Foundation
import ParleyCore

/// Log-mel filter bank energies as Kaldi computes them (`compute-fbank-feats`, `torchaudio.compliance.kaldi.fbank`,
/// kaldi-native-fbank): what the speaker networks of WeSpeaker and 3D-Speaker read.
///
/// Frames of 25 ms every 10 ms; of each the mean is removed, then pre-emphasis 0.97, window, power spectrum of 512
/// points, triangular bands on the mel scale, natural logarithm of at least 2^-23. No dither, no energy.
public struct KaldiFbank: Sendable {
    /// Samples of a frame: 25 ms.
    public static let frameSampleCount = 400
    /// Samples from one frame to the next: 10 ms.
    public static let hopSampleCount = 160

    private static let fftSize = 512
    private static let preemphasis: Float = 0.97

    /// Number of mel bands.
    public let melCount: Int
    /// Whether only frames that fit into the audio are made; otherwise one for each 10 ms, the audio mirrored at its
    /// ends.
    public let snipsEdges: Bool

    private let window: [Float]
    private let scale: Float
    private let filterbank: MelFilterbank

    /// Prepares window and filters.
    /// - Parameters:
    ///   - melCount: Number of bands, at least 1. Default 80.
    ///   - window: Default ``AnalysisWindow/povey``, as in Kaldi; WeSpeaker takes ``AnalysisWindow/hamming``.
    ///   - snipsEdges: Whether only frames that fit into the audio are made. Default true, as in Kaldi.
    ///   - highestHz: Upper end of the last band, at most 8,000 Hz, the default.
    ///   - sampleScale: What samples of -1...1 are multiplied with. Default 32,768: most networks were trained with
    ///     samples of 16-bit files.
    public init(
        melCount: Int = 80, window: AnalysisWindow = .povey, snipsEdges: Bool = true, highestHz: Double = 8_000,
        sampleScale: Float = 32_768
    ) {
        self.melCount = max(1, melCount)
        self.snipsEdges = snipsEdges
        self.window = window.values(Self.frameSampleCount)
        scale = sampleScale
        filterbank = MelFilterbank(
            melCount: self.melCount, fftSize: Self.fftSize, sampleRateHz: PCM.sampleRateHz,
            frequenciesHz: 20...max(21, min(highestHz, Double(PCM.sampleRateHz) / 2)), scale: .kaldi)
    }

    /// Frames that a number of samples gives.
    public func frameCount(sampleCount: Int) -> Int {
        let hop = Self.hopSampleCount
        guard snipsEdges else { return max(0, sampleCount + hop / 2) / hop }
        return sampleCount < Self.frameSampleCount ? 0 : 1 + (sampleCount - Self.frameSampleCount) / hop
    }

    /// The sample that is the middle of frame 0.
    public var firstCentreSample: Int { snipsEdges ? Self.frameSampleCount / 2 : Self.hopSampleCount / 2 }

    /// The energies of a piece of audio.
    /// - Parameter samples: Mono at 16 kHz, -1...1.
    public func features(_ samples: [Float]) -> MelFrames {
        let frameCount = frameCount(sampleCount: samples.count)
        guard let fft = RealFFT(length: Self.fftSize), frameCount > 0 else {
            return MelFrames(melCount: melCount, values: [])
        }
        let firstSample = firstCentreSample - Self.frameSampleCount / 2
        var frame = [Float](repeating: 0, count: Self.fftSize)
        var power = [Float](repeating: 0, count: fft.binCount)
        var bands: [Float] = []
        bands.reserveCapacity(frameCount * melCount)
        for index in 0..<frameCount {
            fill(&frame, from: samples, start: firstSample + index * Self.hopSampleCount)
            fft.power(of: frame, into: &power)
            filterbank.append(to: &bands, power: power)
        }
        for index in bands.indices { bands[index] = log(max(bands[index], Float.ulpOfOne)) }
        return MelFrames(melCount: melCount, values: bands)
    }

    /// Puts a frame's samples, treated as described above, at the start of the transform's input.
    private func fill(_ frame: inout [Float], from samples: [Float], start: Int) {
        let count = Self.frameSampleCount
        if start >= 0, start + count <= samples.count {
            for offset in 0..<count { frame[offset] = samples[start + offset] * scale }
        } else {
            for offset in 0..<count {
                frame[offset] = samples[Self.mirrored(start + offset, count: samples.count)] * scale
            }
        }
        var sum: Float = 0
        for offset in 0..<count { sum += frame[offset] }
        let mean = sum / Float(count)
        for offset in 0..<count { frame[offset] -= mean }
        for offset in stride(from: count - 1, to: 0, by: -1) {
            frame[offset] = (frame[offset] - Self.preemphasis * frame[offset - 1]) * window[offset]
        }
        frame[0] *= (1 - Self.preemphasis) * window[0]
    }

    /// The place of a position beyond the ends after mirroring, as often as needed, the end itself repeated.
    private static func mirrored(_ position: Int, count: Int) -> Int {
        let period = 2 * count
        let folded = ((position % period) + period) % period
        return min(folded, period - 1 - folded)
    }
}
