/// The one audio form inside Parley: 16 kHz, mono, 32-bit float, nominally within -1...1.
public enum PCM {
    /// Samples per second of all audio after decoding.
    public static let sampleRateHz = 16_000

    /// Seconds that a number of samples lasts.
    public static func seconds(sampleCount: Int) -> Double { Double(sampleCount) / Double(sampleRateHz) }

    /// Samples in a number of seconds, rounded to the nearest.
    public static func sampleCount(seconds: Double) -> Int { Int((seconds * Double(sampleRateHz)).rounded()) }
}

/// Consecutive samples and where they start in the recording.
public struct AudioWindow: Sendable {
    /// Index of the first sample within the recording, at ``PCM/sampleRateHz``.
    public var startSample: Int
    /// Mono samples at ``PCM/sampleRateHz``.
    public var samples: [Float]

    /// Makes a window.
    public init(startSample: Int, samples: [Float]) {
        self.startSample = startSample
        self.samples = samples
    }

    /// Where the window lies in the recording.
    public var span: TimeSpan { TimeSpan(startSample: startSample, endSample: startSample + samples.count) }
}
