import Foundation
import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Synchronization

@testable import parley

/// Keeps what is written.
final class MemorySink: TextSink {
    private let written = Mutex("")
    private let width: Int?
    private let isBroken: Bool

    init(terminalWidth: Int? = nil, isBroken: Bool = false) {
        width = terminalWidth
        self.isBroken = isBroken
    }

    var terminalWidth: Int? { width }
    var text: String { written.withLock { $0 } }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    func write(_ text: String) throws {
        if isBroken { throw BrokenPipe() }
        written.withLock { $0 += text }
    }
}

/// Runs commands with fakes and keeps what they wrote.
struct CommandHarness {
    let output: MemorySink
    let errors: MemorySink
    let temporaryFiles = TemporaryFiles()
    var environment: [String: String] = [:]
    var composition: Composition

    init(
        transcriber: any Transcriber = FakeTranscriber(), output: MemorySink = MemorySink(),
        errors: MemorySink = MemorySink()
    ) {
        self.output = output
        self.errors = errors
        composition = Composition(
            parts: { _ in throw CommandFailure(.unavailable, "no models in this test") },
            transcriber: { _ in transcriber },
            diarization: { _ in throw CommandFailure(.unavailable, "no models in this test") },
            serving: { _, _ in ServingParts(transcriber: transcriber, models: NoModels()) },
            diarizer: { _ in FakeDiarizer(turnSeconds: 1) },
            voices: { settings, onDamage in
                VoiceProfileFolder(path: "/nowhere/speakers", maximumCount: 1, onDamage: onDamage)
            },
            server: { _, _, _, _ in throw CommandFailure(.unavailable, "no server in this test") },
            models: { _ in [] }, pull: { _, _, _ in throw CommandFailure(.unavailable, "no hub in this test") },
            remove: { _, _, _ in throw CommandFailure(.unavailable, "no hub in this test") },
            examine: { _ in SystemFacts() }, samplePath: { _ in "sample.wav" })
    }

    func run(_ words: String...) async -> ExitCode { await run(words) }

    func run(_ words: [String]) async -> ExitCode {
        await ProgramRun(
            console: Console(output: output, errors: errors), composition: composition,
            temporaryFiles: temporaryFiles, stopDeadline: StopDeadline(), environment: environment
        ).run(words)
    }
}

/// A server without models.
struct NoModels: ModelOperations {
    let loadedModels: [LoadedModel] = []
    let modelCounts = ModelCounts()
    func load(_ id: String) async throws -> Bool { false }
    func unload(_ id: String) -> ModelUnloading { .notLoaded }
}

/// Answers with a prepared transcript, or fails for inputs that are named so.
struct FakeTranscriber: Transcriber {
    var transcript = Fixtures.dialogue
    /// What to throw for inputs of a name.
    var failures: [String: any Error & Sendable] = [:]
    /// Never ends by itself.
    var hangs = false
    var progress: [TranscriptionProgress] = []
    let asked = Asked()

    /// What was asked for.
    final class Asked: Sendable {
        private let calls = Mutex<[(input: AudioInput, options: TranscriptionOptions)]>([])
        var all: [(input: AudioInput, options: TranscriptionOptions)] { calls.withLock { $0 } }
        func note(_ input: AudioInput, _ options: TranscriptionOptions) {
            calls.withLock { $0.append((input, options)) }
        }
    }

    var models: [ModelDescriptor] { [] }

    func model(_ id: String?) throws -> ModelDescriptor {
        throw RecognitionError(.modelUnknown, "no model in this test")
    }

    func transcribe(
        _ input: AudioInput, options: TranscriptionOptions
    ) -> AsyncThrowingStream<TranscriptionEvent, any Error> {
        asked.note(input, options)
        return AsyncThrowingStream { continuation in
            if let failure = failures[input.displayName] { return continuation.finish(throwing: failure) }
            for report in progress { continuation.yield(.progress(report)) }
            if hangs { return }
            continuation.yield(.finished(transcript))
            continuation.finish()
        }
    }
}

/// Transcripts with known text.
enum Fixtures {
    static func segment(_ id: Int, _ start: Double, _ end: Double, _ text: String, speaker: String? = nil) -> Segment {
        let span = TimeSpan(startSeconds: start, endSeconds: end)
        let words = text.split(separator: " ").map {
            Word(text: String($0), span: span, probability: 0.9, speaker: speaker)
        }
        return Segment(
            id: id, span: span, text: text, words: words, averageLogProbability: -0.1, compressionRatio: 1,
            noSpeechProbability: 0, speaker: speaker)
    }

    static let dialogue = Transcript(
        modelID: "bundled", task: .transcribe, language: "en", durationSeconds: 20,
        segments: [
            segment(0, 0.54, 2, "good morning", speaker: "A"), segment(1, 12.31, 15.94, "hello there", speaker: "B"),
        ],
        turns: [
            SpeakerTurn(span: TimeSpan(startSeconds: 0.5, endSeconds: 2), speaker: "A"),
            SpeakerTurn(span: TimeSpan(startSeconds: 12.3, endSeconds: 16), speaker: "B"),
        ],
        coverage: SpeechCoverage(detectedSeconds: 5, decodedSeconds: 5))
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = (NSTemporaryDirectory() as NSString).appendingPathComponent("parley-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// Writes a file and gives its path.
    func file(_ name: String, _ text: String = "x") throws -> String {
        let file = (path as NSString).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: (path as NSString).appendingPathComponent(name), encoding: .utf8)
    }
}
