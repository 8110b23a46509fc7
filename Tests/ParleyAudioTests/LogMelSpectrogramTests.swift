import Foundation
import ParleyAudio
import ParleyTestSupport
import Testing

/// Compared with openai/whisper; `Fixtures/make_log_mel.py` wrote the values and makes the same signal.
@Suite struct LogMelSpectrogramTests {
    struct Reference: Decodable {
        var melCount: Int
        var sampleCount: Int
        var sum: Double
        /// Frame, band, value.
        var values: [[Double]]

        static func load() throws -> [Self] {
            try JSONDecoder().decode(
                [Self].self, from: Data(RepositoryFile.text("Tests/ParleyAudioTests/Fixtures/log_mel.json").utf8))
        }
    }

    static func signal(_ count: Int) -> [Float] {
        var state: UInt64 = 1
        return (0..<count).map { index in
            state = (state * 1_664_525 + 1_013_904_223) % (1 << 32)
            let noise = Double(state) / 4_294_967_296 - 0.5
            let time = Double(index % 16_000) / 16_000
            let gain = index / 16_000 % 4 == 2 ? 0.0 : 1.0
            return Float(gain * (0.1 * noise + 0.5 * sin(2 * Double.pi * (200 + 3_000 * time) * time)))
        }
    }

    @Test func agreesWithTheReference() throws {
        let references = try Reference.load()
        #expect(references.count == 10)
        for reference in references {
            let features = LogMelSpectrogram(melCount: reference.melCount).features(Self.signal(reference.sampleCount))
            #expect(features.values.count == reference.melCount * 3_000)
            var largest = 0.0
            for value in reference.values {
                let own = Double(features.values[Int(value[1]) * features.frameCount + Int(value[0])])
                largest = max(largest, abs(own - value[2]))
            }
            #expect(largest < 3e-5, "\(reference.melCount) bands, \(reference.sampleCount) samples")
            let sum = features.values.reduce(0.0) { $0 + Double($1) }
            #expect(abs(sum - reference.sum) < 1e-6 * Double(features.values.count))
        }
    }

    @Test func silenceIsEven() {
        for samples in [[], [Float](repeating: 0, count: 16_000), [Float](repeating: 0, count: 500_000)] {
            let features = LogMelSpectrogram(melCount: 80).features(samples)
            #expect(Set(features.values) == [-1.5])
        }
    }

    @Test func whatLiesBeyondTheWindowDoesNotCount() {
        let spectrogram = LogMelSpectrogram(melCount: 80)
        let signal = Self.signal(LogMelSpectrogram.windowSampleCount)
        #expect(spectrogram.features(signal + [1, -1, 1]) == spectrogram.features(signal))
    }

    /// Decoders of compressed audio can give such values; they must not spread over the window.
    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func oddSamplesStayFinite(_ odd: Float) {
        var signal = Self.signal(16_000)
        signal[8_000] = odd
        let isFinite = LogMelSpectrogram(melCount: 80).features(signal).values.allSatisfy { $0.isFinite }
        #expect(isFinite)
    }
}
