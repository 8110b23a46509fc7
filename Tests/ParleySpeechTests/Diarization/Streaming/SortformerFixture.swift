import Foundation
import ParleyAudio
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// The committed network of scripts/fixtures/make_sortformer.py.
enum SortformerFixture {
    static let isAvailable = TestEnvironment.onnxRuntimePath != nil
    static let hint: Comment = "needs ONNX Runtime: set PARLEY_ONNXRUNTIME to libonnxruntime.so, or run the set-up"

    private static let melCount = 16
    private static let speakerCount = 4

    /// What a re-computation says of whole streams.
    struct Reference: Decodable {
        struct Case: Decodable, CustomTestStringConvertible {
            let settings: [Int]
            let frames: Int
            let file: String

            var testDescription: String { file }

            var sortformerSettings: SortformerSettings {
                SortformerSettings(
                    chunkFrameCount: settings[0], rightContextFrameCount: settings[1], queueFrameCount: settings[2],
                    updatePeriodFrameCount: settings[3], cacheFrameCount: settings[4])
            }

            /// Flat `[frame][speaker]`.
            func posteriors() throws -> [Float] {
                let data = try Data(contentsOf: URL(fileURLWithPath: SortformerFixture.path(file)))
                return data.withUnsafeBytes { bytes in
                    (0..<(data.count / 4)).map { index in
                        let bits = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                        return Float(bitPattern: UInt32(littleEndian: bits))
                    }
                }
            }
        }

        struct Stretch: Decodable {
            let melFrameCount: Int
            let speakers: [Int]

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                melFrameCount = try container.decode(Int.self)
                speakers = try container.decode([Int].self)
            }
        }

        /// State of the random generator before the patterns are drawn, a decimal number.
        let generatorState: String
        let plan: [Stretch]
        let expected: [Case]
    }

    static func path(_ file: String) -> String { RepositoryFile.path("Tests/Fixtures/sortformer-mini/" + file) }

    static func reference() throws -> Reference {
        try JSONDecoder().decode(Reference.self, from: Data(contentsOf: URL(fileURLWithPath: path("reference.json"))))
    }

    static func session(_ bytes: [UInt8]? = nil) throws -> OnnxSession {
        let runtime = try OnnxRuntime.load(libraryPath: try #require(TestEnvironment.onnxRuntimePath))
        if let bytes { return try runtime.loadModel(bytes: bytes, name: "sortformer-mini") }
        return try runtime.loadModel(path: path("sortformer.onnx"), name: "sortformer-mini")
    }

    static func diarizer() throws -> SortformerDiarizer {
        try SortformerDiarizer([session()], threadCount: 2)
    }

    /// The mel frames of the reference, drawn as the script draws them.
    static func melFrames(_ reference: Reference) throws -> [Float] {
        var random = SplitMix64(seed: try #require(UInt64(reference.generatorState)))
        func unit() -> Float { Float(random.next() >> 40) / Float(1 << 23) - 1 }
        let patterns = (0..<speakerCount).map { _ in (0..<melCount).map { _ in 3 * unit() } }
        var frames: [Float] = []
        for stretch in reference.plan {
            for _ in 0..<stretch.melFrameCount {
                var frame = [Float](repeating: 0, count: melCount)
                for speaker in stretch.speakers { for band in 0..<melCount { frame[band] += patterns[speaker][band] } }
                for band in 0..<melCount { frame[band] += 0.5 * unit() }
                frames += frame
            }
        }
        return frames
    }

    /// Noise in blocks of different loudness, which the network takes for speakers at random.
    static func audio(seconds: Double, seed: UInt64 = 3) -> [Float] {
        var random = SplitMix64(seed: seed)
        var (gain, colour, last) = (Float(0), Float(0), Float(0))
        return (0..<PCM.sampleCount(seconds: seconds)).map { index in
            if index % 12_000 == 0 {
                gain = exp(Float.random(in: -9...0, using: &random))
                colour = Float.random(in: -0.95...0.95, using: &random)
            }
            last = colour * last + Float.random(in: -1...1, using: &random)
            return gain * last * 0.1
        }
    }
}
