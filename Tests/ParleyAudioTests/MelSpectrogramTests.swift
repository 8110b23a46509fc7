import Foundation
import ParleyAudio
import Testing

/// Compared with librosa 0.11.0: `librosa.feature.melspectrogram(y=signal, sr=16000, n_fft=400, hop_length=160, ...)` in
/// Python on the signal below.
struct MelSpectrogramTests {
    /// A chirp with noise from a linear congruential generator, so that both sides make the same.
    static let signal: [Float] = {
        var state: UInt64 = 1
        return (0..<4_000).map { index in
            state = (state * 1_664_525 + 1_013_904_223) % (1 << 32)
            let noise = Double(state) / 4_294_967_296 - 0.5
            let time = Double(index) / 16_000
            return Float(0.1 * noise + 0.5 * sin(2 * Double.pi * (200 + 3_000 * time) * time))
        }
    }()

    struct Golden: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var spectrogram: MelSpectrogram
        var frameCount: Int
        var sum: Double
        /// Frame, band, power.
        var values: [(frame: Int, band: Int, power: Float)]
    }

    static let goldens: [Golden] = [
        Golden(
            testDescription: "n_mels=40, pad_mode=reflect", spectrogram: MelSpectrogram(melCount: 40), frameCount: 26,
            sum: 1_156.176_674_640_184_5,
            values: [
                (0, 0, 6.320_629_1), (0, 39, 0.002_522_944_5), (1, 5, 0.020_239_757), (12, 0, 0.003_332_162_5),
                (12, 20, 0.003_587_535_8), (12, 39, 0.004_801_292), (24, 7, 0.002_717_008_6), (25, 3, 0.037_239_242),
            ]),
        Golden(
            testDescription: "n_mels=40, pad_mode=constant", spectrogram: MelSpectrogram(melCount: 40, padding: .zeros),
            frameCount: 26, sum: 1_116.859_579_748_066_6,
            values: [
                (0, 0, 1.588_676_9), (0, 39, 0.001_364_918_8), (1, 5, 0.015_210_576), (12, 0, 0.003_332_162_5),
                (12, 20, 0.003_587_535_8), (12, 39, 0.004_801_292), (24, 7, 0.001_972_092_3), (25, 3, 0.014_734_717),
            ]),
        Golden(
            testDescription: "n_mels=80, center=False, fmin=20, fmax=7600",
            spectrogram: MelSpectrogram(frequenciesHz: 20...7_600, padding: .none), frameCount: 23,
            sum: 2_108.056_088_497_418_4,
            values: [
                (0, 0, 0.004_241_829_3), (0, 39, 0.001_549_616_8), (1, 5, 0.768_169_58), (12, 0, 0.001_275_930_7),
                (12, 20, 0.002_864_358_7), (12, 39, 0.005_713_664_5), (22, 3, 0.003_938_922_7),
            ]),
    ]

    @Test(arguments: goldens)
    func agreesWithLibrosa(_ golden: Golden) {
        let mel = golden.spectrogram.power(Self.signal)
        #expect(mel.frameCount == golden.frameCount)
        #expect(mel.values.count == mel.frameCount * mel.melCount)
        let sum = mel.values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum - golden.sum) < 1e-4 * golden.sum, "\(sum)")
        for (frame, band, power) in golden.values {
            let own = mel[frame][mel[frame].startIndex + band]
            #expect(abs(own - power) < 1e-4 * power, "frame \(frame), band \(band): \(own) instead of \(power)")
        }
    }

    @Test func shortAudioHasFewFrames() {
        for (padding, counts) in [
            (MelSpectrogram.Padding.reflect, [0, 1, 1, 2, 3, 3]), (.zeros, [0, 1, 1, 2, 3, 3]),
            (.none, [0, 0, 0, 0, 0, 1]),
        ] {
            let spectrogram = MelSpectrogram(padding: padding)
            for (sampleCount, frameCount) in zip([0, 1, 159, 160, 399, 400], counts) {
                let mel = spectrogram.power([Float](repeating: 0.1, count: sampleCount))
                #expect(mel.frameCount == frameCount, "\(padding) \(sampleCount)")
                #expect(spectrogram.frameCount(sampleCount: sampleCount) == frameCount)
                let isFinite = mel.values.allSatisfy { $0.isFinite }
                #expect(isFinite)
            }
        }
    }

    @Test func sizesOutOfRangeAreMovedIntoIt() {
        for size in [-5, 0, 1, 3, 401] {
            let spectrogram = MelSpectrogram(sampleRateHz: size, fftSize: size, hopSampleCount: size, melCount: size)
            #expect(spectrogram.fftSize.isMultiple(of: 2) && spectrogram.fftSize >= 2)
            let mel = spectrogram.power([Float](repeating: 0.1, count: 1_000))
            #expect(mel.frameCount == spectrogram.frameCount(sampleCount: 1_000))
        }
    }

    @Test func threadsMayShareOne() async {
        let spectrogram = MelSpectrogram(melCount: 40)
        let expected = spectrogram.power(Self.signal)
        let equal = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 { group.addTask { spectrogram.power(Self.signal) == expected } }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(equal)
    }
}
