import Foundation
import ParleyCore
import ParleyTestSupport

/// A transcriber with a script instead of models.
struct FakeTranscriber: Transcriber {
    /// One step of a script.
    enum Step: Sendable {
        case event(TranscriptionEvent)
        case failure(any Error)
        /// Waits until the box holds true, or for ever when the work is cancelled meanwhile.
        case wait(Locked<Bool>)
        /// Ends without a result.
        case end
    }

    /// What it was asked for.
    struct Call: Sendable {
        var input: AudioInput
        var options: TranscriptionOptions
        /// The upload as it lay on disk, at most its first 4 MiB.
        var content: [UInt8]
        /// Paths and modes are those of the moment of the call.
        var permissions: Int
    }

    var models = [FakeTranscriber.bundled]
    var calls = Locked<[Call]>([])
    /// Set when the consumer has let the events go.
    var wasStopped = Locked(false)
    var script: @Sendable (Call) -> [Step] = { call in
        let transcript = call.options.diarization == nil ? Samples.monologue : Samples.dialogue
        return FakeTranscriber.steps(transcript, early: call.options.emitsSegmentsEarly)
    }

    static let bundled = ModelDescriptor(
        id: "bundled", summary: "A test model.", owner: "parley", license: "BSD-2-Clause", languages: ["en"],
        canTranslate: false, acceptsPrompt: false, maximumWindow: .seconds(30),
        preferredWindow: .seconds(4), createdUnixSeconds: 1_700_000_000)

    static func steps(_ transcript: Transcript, early: Bool) -> [Step] {
        let progress = TranscriptionProgress(
            stage: .transcribing, processedSeconds: 1, totalSeconds: transcript.durationSeconds)
        return [.event(.progress(progress))] + (early ? transcript.segments.map { .event(.segment($0)) } : [])
            + [.event(.finished(transcript))]
    }

    func model(_ id: String?) throws -> ModelDescriptor {
        guard let id else { return models[0] }
        guard let model = models.first(where: { $0.id == id }) else {
            throw RecognitionError(.modelUnknown, "There is no model '\(id)'.")
        }
        return model
    }

    private static func beginning(of path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        return [UInt8](unsafeUninitializedCapacity: 4 << 20) { buffer, count in
            count = fread(buffer.baseAddress, 1, buffer.count, file)
        }
    }

    func transcribe(_ input: AudioInput, options: TranscriptionOptions) -> AsyncThrowingStream<
        TranscriptionEvent, any Error
    > {
        let attributes = try? FileManager.default.attributesOfItem(atPath: input.path)
        let call = Call(
            input: input, options: options,
            content: Self.beginning(of: input.path),
            permissions: (attributes?[.posixPermissions] as? Int) ?? 0)
        calls.update { $0.append(call) }
        let steps = script(call)
        return AsyncThrowingStream { continuation in
            let work = Task {
                for step in steps {
                    switch step {
                    case .event(let event): continuation.yield(event)
                    case .failure(let error): return continuation.finish(throwing: error)
                    case .end: return continuation.finish()
                    case .wait(let gate):
                        while !gate.value {
                            if Task.isCancelled { return continuation.finish(throwing: CancellationError()) }
                            try? await Task.sleep(for: .milliseconds(1))
                        }
                    }
                }
                continuation.finish()
            }
            continuation.onTermination = { reason in
                if case .cancelled = reason { wasStopped.update { $0 = true } }
                work.cancel()
            }
        }
    }
}

/// Decodes a file of which the first byte says how many tenths of a second it lasts; 255 is no recording.
struct FakeDecoder: AudioDecoder {
    func open(_ input: AudioInput, track: Int?) throws -> any AudioReader {
        let content = FileManager.default.contents(atPath: input.path) ?? Data()
        guard let first = content.first, first != 255 else {
            throw AudioError(.unsupportedFormat, "This is not a recording.")
        }
        return Reader(sampleCount: Int(first) * PCM.sampleRateHz / 10)
    }

    private final class Reader: AudioReader {
        let info = AudioInfo(
            container: "fake", codec: "fake", sourceSampleRateHz: 16_000, sourceChannelCount: 1, trackCount: 1,
            claimedDurationSeconds: nil)
        private let rest: Locked<Int>

        init(sampleCount: Int) { rest = Locked(sampleCount) }

        func next() throws -> [Float]? {
            rest.update { rest in
                let count = min(rest, PCM.sampleRateHz)
                rest -= count
                return count == 0 ? nil : [Float](repeating: 0, count: count)
            }
        }
    }
}
