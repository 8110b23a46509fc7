import Foundation
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// The reference is the plain re-computation of scripts/fixtures/make_sortformer.py.
@Suite(.enabled(if: SortformerFixture.isAvailable, SortformerFixture.hint))
struct SortformerTests {
    @Test func posteriorsAreThoseOfARecomputationOverTheWholeStream() async throws {
        let reference = try SortformerFixture.reference()
        let frames = try SortformerFixture.melFrames(reference)
        let diarizer = try SortformerFixture.diarizer()
        #expect(reference.expected.count >= 6)
        for expected in reference.expected {
            let stream = diarizer.makeStream(.init(), settings: expected.sortformerSettings)
            let posteriors = try await stream.posteriors(ofMelFrames: frames)
            let wanted = try expected.posteriors()
            #expect(posteriors.count == expected.frames * 4)
            let error = zip(posteriors, wanted).map { abs($0 - $1) }.max() ?? 1
            #expect(error <= 1e-5, "\(expected.file)")
        }
    }

    /// Guards the test above: with a cache of another length the same stream gives something else.
    @Test func theCacheMatters() async throws {
        let reference = try SortformerFixture.reference()
        let frames = try SortformerFixture.melFrames(reference)
        let diarizer = try SortformerFixture.diarizer()
        let expected = try #require(reference.expected.last)
        var settings = expected.sortformerSettings
        settings.cacheFrameCount -= 4
        let posteriors = try await diarizer.makeStream(.init(), settings: settings).posteriors(ofMelFrames: frames)
        let error = zip(posteriors, try expected.posteriors()).map { abs($0 - $1) }.max() ?? 0
        #expect(error > 1e-3)
    }

    @Test func stepsOfSeveralStreamsAreRunTogether() async throws {
        let diarizer = try SortformerFixture.diarizer()
        let audio = (0..<6).map { SortformerFixture.audio(seconds: 12, seed: UInt64($0)) }
        var alone: [[SpeakerEvent]] = []
        for samples in audio { alone.append(try await diarizer.events(samples, pushing: 50_000)) }
        let together = try await withThrowingTaskGroup(of: (Int, [SpeakerEvent]).self) { group in
            for (index, samples) in audio.enumerated() {
                group.addTask { (index, try await diarizer.events(samples, pushing: 50_000)) }
            }
            var events = [[SpeakerEvent]](repeating: [], count: audio.count)
            for try await (index, own) in group { events[index] = own }
            return events
        }
        for (one, other) in zip(alone, together) { StreamComparison(one, other).expectEqual() }
    }

    @Test func batchesGiveWhatStepsAloneGive() throws {
        let network = try SortformerNetwork(session: SortformerFixture.session())
        #expect(network.takesBatches)
        #expect((network.melCount, network.width, network.speakerCount) == (16, 12, 4))
        var random = SplitMix64(seed: 9)
        func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &random) } }
        let steps = (0..<3).map { row in
            SortformerNetwork.Step(
                chunk: values(40 * 16), chunkMelFrameCount: 40 - 9 * row, cache: values(7 * 12), queue: values(4 * 12))
        }
        let together = try network.run(steps, cancellation: nil)
        for (step, row) in zip(steps, together) {
            let alone = try network.run([step], cancellation: nil)[0]
            #expect(alone.chunkFrameCount == row.chunkFrameCount)
            let count = (11 + alone.chunkFrameCount) * 4
            #expect(zip(alone.posteriors.prefix(count), row.posteriors).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    @Test func melFramesDoNotDependOnThePieces() {
        let audio = SortformerFixture.audio(seconds: 2.345)
        var whole = MelStream(melCount: 128)
        let expected = whole.append(audio) + whole.finish()
        #expect(expected.count == audio.count / 160 * 128)
        for size in [1, 7, 160, 333, 5_000] {
            var stream = MelStream(melCount: 128)
            var frames: [Float] = []
            for start in stride(from: 0, to: audio.count, by: size) {
                frames += stream.append(Array(audio[start..<min(start + size, audio.count)]))
            }
            frames += stream.finish()
            #expect(frames == expected, "\(size)")
        }
    }

    @Test func settingsComeFromLatencyAndMetadata() async throws {
        let diarizer = try SortformerFixture.diarizer()
        #expect(diarizer.traits.latencies == .milliseconds(320)...(.milliseconds(30_400)))
        #expect(diarizer.traits.maximumSpeakers == 4)
        let metadata = ["chunk_len": "6", "right_context": "7", "fifo_len": "188", "spkcache_len": "188"]
        let settings = try SortformerSettings(metadata: metadata, model: "x")
        #expect(settings.latency == .milliseconds(1_040))
        for bad in ["0", "-3", "many", "99999999999999999999"] {
            #expect(throws: InferenceError.self) {
                try SortformerSettings(metadata: ["chunk_len": bad], model: "x")
            }
        }
    }

    // MARK: - Foreign and damaged models

    @Test func otherNetworksAreForeign() throws {
        for path in [
            RepositoryFile.path("Tests/Fixtures/whisper-mini/encoder_model.onnx"),
            TestEnvironment.bundledModel("segmentation"), TestEnvironment.bundledModel("silero_vad"),
        ] {
            guard let path, TestEnvironment.exists(path) else { continue }
            let runtime = try OnnxRuntime.load(libraryPath: try #require(TestEnvironment.onnxRuntimePath))
            let session = try runtime.loadModel(path: path, name: "other")
            #expect { try SortformerDiarizer([session]) } throws: {
                ($0 as? InferenceError)?.code == .modelForeign
            }
        }
    }

    /// Names in the file are changed to others of the same length.
    @Test(arguments: ["chunk_lengths", "spkcache", "chunk_pre_encode_embs", "spkcache_fifo_chunk_preds"])
    func aMissingTensorIsForeign(_ name: String) throws {
        #expect { try SortformerDiarizer([session(replacing: name, with: String(name.reversed()))]) } throws: {
            ($0 as? InferenceError)?.code == .modelForeign
        }
    }

    @Test func senselessMetadataAreForeign() throws {
        #expect { try SortformerDiarizer([session(replacing: "124", with: "-24")]) } throws: {
            ($0 as? InferenceError)?.code == .modelForeign
        }
    }

    private func session(replacing text: String, with other: String) throws -> OnnxSession {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: SortformerFixture.path("sortformer.onnx"))))
        let (from, to) = (Array(text.utf8), Array(other.utf8))
        var index = 0
        while index + from.count <= bytes.count {
            // Whole names only: a length in one byte stands before each.
            if bytes[index] == from[0], index > 0, bytes[index - 1] == UInt8(from.count),
                Array(bytes[index..<(index + from.count)]) == from
            {
                bytes.replaceSubrange(index..<(index + from.count), with: to)
            }
            index += 1
        }
        return try SortformerFixture.session(bytes)
    }
}
