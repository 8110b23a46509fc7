import Foundation
import ParleyAudio
import ParleyTestSupport
import Testing

/// Compared with kaldi-native-fbank; `scripts/parity/kaldi_fbank.py` wrote clip and values.
@Suite struct KaldiFbankTests {
    struct Reference: Decodable {
        struct Case: Decodable {
            var window: String
            var snipsEdges: Bool
            var highestHz: Double
            var scale: Float
            var frameCount: Int
            var sum: Double
            var frames: [Frame]
        }
        /// Index and bands.
        struct Frame: Decodable {
            var index: Int
            var bands: [Float]

            init(from decoder: any Decoder) throws {
                var pair = try decoder.unkeyedContainer()
                index = try pair.decode(Int.self)
                bands = try pair.decode([Float].self)
            }
        }
        var samples: [Int]
        var cases: [Case]
    }

    @Test func agreesWithTheReference() throws {
        let text = try RepositoryFile.text("Tests/ParleyAudioTests/Fixtures/kaldi_fbank.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(text.utf8))
        let samples = reference.samples.map { Float($0) / 32_768 }
        #expect(reference.cases.count == 4)
        for expected in reference.cases {
            let fbank = KaldiFbank(
                window: try #require(AnalysisWindow(rawValue: expected.window)), snipsEdges: expected.snipsEdges,
                highestHz: expected.highestHz, sampleScale: expected.scale)
            let own = fbank.features(samples)
            #expect(own.frameCount == expected.frameCount)
            #expect(fbank.frameCount(sampleCount: samples.count) == expected.frameCount)
            var largest: Float = 0
            for frame in expected.frames {
                for (value, reference) in zip(own[frame.index], frame.bands) {
                    largest = max(largest, abs(value - reference))
                }
            }
            #expect(largest < 1e-4, "\(expected.window): \(largest)")
            let sum = own.values.reduce(0.0) { $0 + Double($1) }
            #expect(abs(sum - expected.sum) < 1e-5 * Double(own.values.count), "\(sum - expected.sum)")
        }
    }

    @Test func shortAudioHasFewFrames() {
        for (snipsEdges, counts) in [(true, [0, 0, 0, 1, 1, 2]), (false, [0, 0, 1, 3, 3, 4])] {
            let fbank = KaldiFbank(snipsEdges: snipsEdges)
            for (sampleCount, frameCount) in zip([0, 79, 80, 400, 559, 560], counts) {
                let frames = fbank.features([Float](repeating: 0.1, count: sampleCount))
                #expect(frames.frameCount == frameCount, "\(snipsEdges) \(sampleCount)")
                let isFinite = frames.values.allSatisfy { $0.isFinite }
                #expect(isFinite)
            }
        }
    }

    @Test func silenceLiesOnTheFloor() {
        let values = KaldiFbank().features([Float](repeating: 0, count: 1_600)).values
        #expect(Set(values) == [Float(log(Float.ulpOfOne))])
    }
}
