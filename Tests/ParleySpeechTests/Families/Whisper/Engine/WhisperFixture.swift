import Foundation
import ParleyAudio
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// The committed networks of random weights (scripts/fixtures/make_whisper_fixture.py): the same weights in each layout.
enum WhisperFixture: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case merged = "whisper-mini"
    case pair = "whisper-mini-pair"
    case sherpa = "whisper-mini-sherpa"

    static let isAvailable = TestEnvironment.onnxRuntimePath != nil
    static let hint: Comment = "needs ONNX Runtime: set PARLEY_ONNXRUNTIME to libonnxruntime.so, or run the set-up"

    var testDescription: String { rawValue }
    var directory: String { RepositoryFile.path("Tests/Fixtures/" + rawValue) }

    static func resources(
        batching: BatchingOptions = BatchingOptions(), precision: WeightPrecision? = .float32
    ) throws -> FamilyResources {
        let path = try #require(TestEnvironment.onnxRuntimePath)
        return FamilyResources(decoderCount: 1, precision: precision, batching: batching) {
            () throws(InferenceError) in try OnnxRuntime.load(libraryPath: path)
        }
    }

    /// A recogniser as the server has it.
    func recognizer(
        maximumBatch: Int = 8, precision: WeightPrecision? = .float32,
        changing: (WhisperEngine) -> WhisperEngine = { $0 }
    ) throws -> WhisperRecognizer {
        let engine = changing(try engine(maximumBatch: maximumBatch, precision: precision))
        return try WhisperRecognizer(
            descriptor: WhisperFamily.descriptor(id: rawValue, special: engine.tokenizer.special),
            engines: [engine],
            batching: BatchingOptions(maximumBatch: maximumBatch))
    }

    /// What works off the batches, without a queue before it.
    func engine(maximumBatch: Int = 8, precision: WeightPrecision? = .float32) throws -> WhisperEngine {
        let resources = try Self.resources(
            batching: BatchingOptions(maximumBatch: maximumBatch), precision: precision)
        return try WhisperLoader(
            id: rawValue, folder: WhisperFolder(directory: directory), runtime: resources.runtime(),
            batching: resources.batching, wanted: precision, memory: nil
        ).engine(on: .cpu)
    }
}

/// A signal of the reference, ready to be decoded.
struct FixtureWindow: Sendable {
    let name: String
    let samples: [Float]
    let features: [Float]

    /// All signals of the reference in order of name, the first 30 s of each.
    static let all: [FixtureWindow] = {
        guard let reference = try? WhisperReference.load() else { return [] }
        let mel = LogMelSpectrogram(melCount: 80)
        return reference.signals.sorted { $0.key < $1.key }.map { name, signal in
            let samples = FixtureSignal.samples(count: signal.sampleCount, signal.components)
            let wave = samples.prefix(WhisperAudio.sampleCount).map { Float($0) / 32_768 }
            return FixtureWindow(name: name, samples: wave, features: mel.features(wave).values)
        }
    }()

    var seconds: Double { PCM.seconds(sampleCount: samples.count) }

    func job(_ options: RecognitionOptions) -> WhisperJob {
        WhisperJob(
            features: features, span: TimeSpan(startSeconds: 0, endSeconds: seconds), options: options,
            language: options.language)
    }

    func audioWindow(startSample: Int = 0) -> AudioWindow { AudioWindow(startSample: startSample, samples: samples) }
}

extension WhisperEngine {
    /// Decodes jobs to their end, those of one bucket together.
    func decode(_ jobs: [WhisperJob]) throws -> [WindowHypothesis] {
        var results = [WindowHypothesis?](repeating: nil, count: jobs.count)
        var waiting = Array(jobs.enumerated())
        while !waiting.isEmpty {
            let bucket = try bucket(of: waiting[0].element)
            let batch = try waiting.filter { try self.bucket(of: $0.element) == bucket }
            waiting = try waiting.filter { try self.bucket(of: $0.element) != bucket }
            let entries = batch.map { BatchEntry(job: $0.element, cancellation: CancellationFlag()) }
            for (entry, outcome) in zip(batch, execute(entries, bucket, CancellationFlag())) {
                switch outcome {
                case .finished(let hypothesis): results[entry.offset] = hypothesis
                case .failed(let error): throw error
                case .again(let job, _): waiting.append((entry.offset, job))
                }
            }
        }
        return results.compactMap { $0 }
    }
}
