import Foundation
import ParleyCore

/// The features of one window of 30 s.
public struct MelFeatures: Sendable, Hashable {
    /// Mel bands.
    public let melCount: Int
    /// Frames, 100 per second.
    public let frameCount: Int
    /// All frames of the lowest band, then of the next and so on.
    public let values: [Float]

    /// Makes features from a flat array.
    /// - Parameter values: As many as bands times frames.
    public init(melCount: Int, frameCount: Int, values: [Float]) {
        self.melCount = melCount
        self.frameCount = frameCount
        self.values = values
    }
}

/// The log-mel spectrogram that the Whisper family reads, as `log_mel_spectrogram` in openai/whisper's audio.py.
///
/// Audio is padded with silence or cut to 30 s; spectra of 25 ms every 10 ms with a periodic Hann window and reflection
/// at both ends of the 30 s; mel bands on Slaney's scale; common logarithm, at most 8 below the highest value of the
/// window, then `(x + 4) / 4`.
public struct LogMelSpectrogram: Sendable {
    /// Samples of a window: 30 s.
    public static let windowSampleCount = 30 * PCM.sampleRateHz
    /// Frames of a window.
    public static let windowFrameCount = 3_000

    private static let floor: Float = 1e-10
    private static let dynamicRange: Float = 8

    private let spectrogram: MelSpectrogram

    /// Prepares windows and filters.
    /// - Parameter melCount: Mel bands: 80, or 128 from large-v3 on.
    public init(melCount: Int) { spectrogram = MelSpectrogram(melCount: melCount) }

    /// The features of one window.
    /// - Parameter samples: Mono audio at 16 kHz; what lies beyond 30 s is left out.
    public func features(_ samples: [Float]) -> MelFeatures {
        let (melCount, frameCount) = (spectrogram.melCount, Self.windowFrameCount)
        var window = Array(samples.prefix(Self.windowSampleCount))
        // Frames that begin after the audio are silent, which needs no transform.
        let reach = window.count + spectrogram.fftSize / 2
        let audibleCount = window.isEmpty ? 0 : min(frameCount, 1 + (reach - 1) / spectrogram.hopSampleCount)
        window += [Float](repeating: 0, count: Self.windowSampleCount - window.count)
        let power = spectrogram.power(window, frameCount: audibleCount).values
        var values = [Float](repeating: log10(Self.floor), count: melCount * frameCount)
        var highest = audibleCount < frameCount ? log10(Self.floor) : -Float.infinity
        for frame in 0..<audibleCount {
            for band in 0..<melCount {
                let energy = power[frame * melCount + band]
                // Written so that what is no number counts as silence.
                let value = log10(energy > Self.floor ? min(energy, .greatestFiniteMagnitude) : Self.floor)
                values[band * frameCount + frame] = value
                highest = max(highest, value)
            }
        }
        let lowest = highest - Self.dynamicRange
        for index in values.indices { values[index] = (max(values[index], lowest) + 4) / 4 }
        return MelFeatures(melCount: melCount, frameCount: frameCount, values: values)
    }
}
