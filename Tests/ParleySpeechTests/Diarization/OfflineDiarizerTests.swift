import Foundation
import ParleyAudio
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// The sample, where everything is there that diarizes it.
private let dialoguePath: String? = {
    let path = TestEnvironment.dataDirectory + "/samples/dialogue.wav"
    let isReady =
        TestEnvironment.exists(path) && TestEnvironment.onnxRuntimePath != nil
        && TestEnvironment.bundledModel("speaker_encoder") != nil
    return isReady ? path : nil
}()

/// The whole of diarization with the bundled networks, on the dialogue of three voices that the set-up synthesises.
@Suite(
    .enabled(if: dialoguePath != nil, "needs the bundled models and the sample: run the set-up"))
struct OfflineDiarizerTests {
    private func diarizer(threadCount: Int = 2) throws -> OfflineDiarizer {
        let runtime = try OnnxRuntime.load(libraryPath: try #require(TestEnvironment.onnxRuntimePath))
        func load(_ name: String) throws -> OnnxSession {
            try runtime.loadModel(path: try #require(TestEnvironment.bundledModel(name)), name: name)
        }
        return try OfflineDiarizer(
            [DiarizationNetworks(segmentation: load("segmentation"), encoder: load("speaker_encoder"))],
            decoder: FFmpegDecoder(limits: DecodeLimits()), threadCount: threadCount)
    }

    private func dialogue(seconds: Double = 40) throws -> [Float] {
        let path = try #require(dialoguePath)
        let reader = try FFmpegDecoder(limits: DecodeLimits())
            .open(AudioInput(path: path, displayName: "dialogue.wav"), track: nil)
        var samples: [Float] = []
        while let chunk = try reader.next() { samples += chunk }
        return Array(samples.prefix(PCM.sampleCount(seconds: seconds)))
    }

    private func diarize(
        _ samples: [Float], with diarizer: OfflineDiarizer, step: Int = 160_000,
        options: DiarizationOptions = DiarizationOptions()
    ) async throws -> SpeakerActivity {
        let session = try await diarizer.makeSession(options)
        for start in stride(from: 0, to: samples.count, by: step) {
            let part = samples[start..<min(samples.count, start + step)]
            try await session.push(AudioWindow(startSample: start, samples: Array(part)))
        }
        return try await session.finish()
    }

    @Test func theSizeOfThePiecesMakesNoDifference() async throws {
        let diarizer = try diarizer()
        let samples = try dialogue()
        let whole = try await diarize(samples, with: diarizer, step: samples.count)
        #expect(whole.speakers == ["A", "B", "C"])
        for step in [4_000, 77_777] {
            let pieces = try await diarize(samples, with: diarizer, step: step)
            #expect(pieces.turns.map(\.speaker) == whole.turns.map(\.speaker))
            for (one, other) in zip(pieces.turns, whole.turns) {
                #expect(abs(one.span.startSeconds - other.span.startSeconds) < 0.04)
                #expect(abs(one.span.endSeconds - other.span.endSeconds) < 0.04)
            }
        }
    }

    @Test func recordingsAtTheSameTimeDoNotDisturbEachOther() async throws {
        let diarizer = try diarizer()
        let samples = try dialogue()
        let inputs = [samples, Array(samples.reversed()), samples.map { $0 / 4 }]
        var alone: [[SpeakerTurn]] = []
        for input in inputs { alone.append(try await diarize(input, with: diarizer).turns) }
        let together = try await withThrowingTaskGroup(of: (Int, [SpeakerTurn]).self) { group in
            for index in 0..<6 {
                group.addTask { (index % 3, try await diarize(inputs[index % 3], with: diarizer).turns) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (index, turns) in together {
            #expect(turns.map(\.speaker) == alone[index].map(\.speaker))
            for (one, other) in zip(turns, alone[index]) {
                #expect(abs(one.span.startSeconds - other.span.startSeconds) < 0.04)
            }
        }
    }

    @Test func peopleKeepTheirNamesOverALongPause() async throws {
        let samples = try dialogue()
        let pauseSeconds = 300.0
        let silence = [Float](repeating: 0, count: PCM.sampleCount(seconds: pauseSeconds))
        let activity = try await diarize(samples + silence + samples, with: try diarizer())
        #expect(activity.speakers == ["A", "B", "C"])
        let shift = PCM.seconds(sampleCount: samples.count) + pauseSeconds
        func seconds(_ speaker: String, _ turns: [SpeakerTurn]) -> Double {
            turns.filter { $0.speaker == speaker }.reduce(0) { $0 + $1.span.durationSeconds }
        }
        let before = activity.turns.filter { $0.span.endSeconds < shift - 1 }
        let after = activity.turns.filter { $0.span.startSeconds > shift - 1 }
        for speaker in activity.speakers {
            #expect(abs(seconds(speaker, before) - seconds(speaker, after)) < 1.5, "\(speaker)")
        }
        let inThePause = activity.turns.filter {
            $0.span.endSeconds > shift - pauseSeconds + 2 && $0.span.startSeconds < shift - 2
        }
        #expect(inThePause.isEmpty)
    }

    @Test(arguments: [1, 2, 4]) func theNumberAskedForIsHonoured(_ number: Int) async throws {
        var options = DiarizationOptions()
        options.speakerCount = .exactly(number)
        let activity = try await diarize(try dialogue(), with: try diarizer(), options: options)
        #expect(activity.speakers.count == number)
    }

    @Test func nobodySpeaksInSilenceAndInNothing() async throws {
        let diarizer = try diarizer()
        for count in [0, 1, 400, 8_000, 400_000] {
            let activity = try await diarize([Float](repeating: 0, count: count), with: diarizer)
            #expect(activity.turns.isEmpty)
        }
    }

    @Test func halfASecondOfOneVoiceIsOnePerson() async throws {
        let samples = try dialogue()
        let activity = try await diarize(Array(samples[24_000..<32_000]), with: try diarizer())
        #expect(activity.speakers.count <= 1)
    }

    @Test func aCancelledSessionEndsSoon() async throws {
        let diarizer = try diarizer()
        let samples = try dialogue()
        let task = Task { try await diarize(samples + samples + samples, with: diarizer) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Nothing of it is left in the way of others.
        #expect(try await diarize(samples, with: diarizer).speakers.count == 3)
    }
}
