import ParleyAudio
import ParleyCore
import ParleyInference
import ParleyTestSupport
import Testing

@testable import ParleySpeech

/// The bundled networks.
enum BundledDiarizer {
    static let isAvailable =
        TestEnvironment.onnxRuntimePath != nil && TestEnvironment.bundledModel("segmentation") != nil
        && TestEnvironment.bundledModel("speaker_encoder") != nil
    static let hint: Comment = "needs ONNX Runtime and the bundled networks: run the set-up"

    static func diarizer() throws -> OfflineDiarizer {
        let runtime = try OnnxRuntime.load(libraryPath: try #require(TestEnvironment.onnxRuntimePath))
        func network(_ name: String) throws -> OnnxSession {
            try runtime.loadModel(path: try #require(TestEnvironment.bundledModel(name)), name: name)
        }
        return try OfflineDiarizer(
            [DiarizationNetworks(segmentation: network("segmentation"), encoder: network("speaker_encoder"))],
            decoder: FFmpegDecoder(), threadCount: 2)
    }

    /// A recording as mono audio at 16 kHz.
    static func samples(_ path: String) throws -> [Float] {
        let reader = try FFmpegDecoder().open(AudioInput(path: path, displayName: "recording"), track: nil)
        var samples: [Float] = []
        while let chunk = try reader.next() { samples += chunk }
        return samples
    }
}

extension StreamingDiarizer {
    /// All events of a stream whose samples come some at a time.
    func events(
        _ samples: [Float], pushing count: Int, options: StreamingDiarizationOptions = .init()
    ) async throws -> [SpeakerEvent] {
        let stream = try await makeStream(options)
        var events: [SpeakerEvent] = []
        for start in stride(from: 0, to: samples.count, by: count) {
            events += try await stream.push(Array(samples[start..<min(start + count, samples.count)]))
        }
        return events + (try await stream.finish())
    }
}

extension [SpeakerEvent] {
    /// What is known after all events.
    var timeline: SpeakerTimeline {
        var timeline = SpeakerTimeline()
        for event in self { timeline.apply(event) }
        return timeline
    }

    /// The same had nothing been corrected.
    var uncorrected: SpeakerTimeline {
        filter { if case .revised = $0 { false } else { true } }.timeline
    }
}

extension SpeakerTimeline {
    /// Turns with names, to be scored.
    var namedTurns: [SpeakerTurn] { turns.map { SpeakerTurn(span: $0.span, speaker: "\($0.speaker)") } }
}
