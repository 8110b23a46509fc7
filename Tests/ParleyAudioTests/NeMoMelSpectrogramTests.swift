import Foundation
import ParleyAudio
import ParleyTestSupport
import Testing

/// Compared with torch and librosa; `Fixtures/make_nemo_mel.py` wrote the values and makes the same signal.
@Suite struct NeMoMelSpectrogramTests {
    struct Reference: Decodable {
        var melCount: Int
        var sampleCount: Int
        var isReflected: Bool
        var frameCount: Int
        /// Frame, band, value, value after normalisation.
        var values: [[Double]]
    }

    @Test func agreesWithTheReference() throws {
        let text = try RepositoryFile.text("Tests/ParleyAudioTests/Fixtures/nemo_mel.json")
        let references = try JSONDecoder().decode([Reference].self, from: Data(text.utf8))
        #expect(references.count == 3)
        for reference in references {
            let spectrogram = NeMoMelSpectrogram(
                melCount: reference.melCount, padding: reference.isReflected ? .reflect : .zeros)
            let plain = spectrogram.features(LogMelSpectrogramTests.signal(reference.sampleCount))
            #expect(plain.frameCount == reference.frameCount)
            #expect(spectrogram.validFrameCount(sampleCount: reference.sampleCount) == reference.frameCount - 1)
            let even = NeMoMelSpectrogram.normalizedPerFeature(plain)
            for value in reference.values {
                let place = Int(value[0]) * reference.melCount + Int(value[1])
                #expect(abs(Double(plain.values[place]) - value[2]) < 1e-4, "\(value)")
                #expect(abs(Double(even.values[place]) - value[3]) < 1e-4, "\(value)")
            }
        }
    }

    @Test func shortAudioIsNoFault() {
        let spectrogram = NeMoMelSpectrogram()
        #expect(spectrogram.features([]).values.isEmpty)
        #expect(NeMoMelSpectrogram.normalizedPerFeature(spectrogram.features([])).values.isEmpty)
        let single = NeMoMelSpectrogram.normalizedPerFeature(spectrogram.features([0.5]))
        #expect(single.values == [Float](repeating: 0, count: 80))
    }
}
