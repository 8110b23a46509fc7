import Foundation
import ParleyCore

/// Sounds that are speech enough to make a recogniser work, without any file.
public enum TestSpeech {
    /// A voice-like sound: harmonics of a wandering pitch through three moving resonances, in syllables.
    /// - Parameters:
    ///   - seconds: Length.
    ///   - seed: Another seed, another melody.
    public static func vowels(seconds: Double, seed: UInt64 = 0) -> [Float] {
        let shift = Double(seed % 17) / 17
        var phase = 0.0
        return (0..<PCM.sampleCount(seconds: seconds)).map { index in
            let time = PCM.seconds(sampleCount: index)
            let pitchHz = 120 + 30 * sin(2 * .pi * (0.7 * time + shift))
            phase += pitchHz / Double(PCM.sampleRateHz)
            let formantsHz = [
                500 + 250 * sin(2 * .pi * (1.3 * time + shift)), 1_500 + 600 * sin(2 * .pi * (0.9 * time - shift)),
                2_500,
            ]
            var value = 0.0
            for harmonic in 1...25 {
                let frequencyHz = Double(harmonic) * pitchHz
                let gain = formantsHz.reduce(0.0) { $0 + exp(-pow((frequencyHz - $1) / 150, 2)) }
                value += gain * sin(2 * .pi * Double(harmonic) * phase)
            }
            let syllable = pow(max(0, sin(2 * .pi * (2.2 * time + shift))), 0.5)
            return Float(0.12 * value * syllable)
        }
    }
}
