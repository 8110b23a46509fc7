import Foundation
import ParleyCore
import Synchronization

/// The bundled recogniser: PocketSphinx with the English model of its Debian package.
///
/// Nothing to download.
final class PocketSphinxRecognizer: SpeechRecognizer {
    /// English, modest accuracy.
    let descriptor: ModelDescriptor
    /// Decoders in the pool.
    let concurrency: Int

    private let files: PocketSphinxFiles
    private let lane: BlockingLane
    /// Decoders that no thread holds.
    ///
    /// There are never more than the lane has threads.
    private let idle: Mutex<[SphinxDecoder]>

    /// Loads the model and the first decoder; blocking, about a second.
    ///
    /// Further decoders follow when they are needed.
    /// - Parameters:
    ///   - id: The id that clients use.
    ///   - modelDirectory: A folder laid out as Debian's `pocketsphinx-en-us`.
    ///   - decoderCount: Windows decoded at the same time, at least 1; each takes about 90 MB.
    /// - Throws: ``RecognitionError`` with `modelUnavailable`.
    init(id: String, modelDirectory: String, decoderCount: Int) throws(RecognitionError) {
        descriptor = PocketSphinxFamily.describe(id: id, directory: modelDirectory)
        concurrency = max(1, decoderCount)
        files = try PocketSphinxFiles(directory: modelDirectory)
        idle = Mutex([try SphinxDecoder(files: files)])
        lane = BlockingLane(name: "sphinx", threadCount: concurrency)
    }

    /// See ``SpeechRecognizer``.
    ///
    /// Prompt, keywords and temperature have no meaning for this recogniser.
    func recognize(_ window: AudioWindow, options: RecognitionOptions) async throws -> WindowHypothesis {
        guard options.task == .transcribe else {
            throw RecognitionError(.translationUnsupported, "The model '\(descriptor.id)' can't translate.")
        }
        let words = try await withCancellationFlag { flag in
            try await lane.run { [self] in
                let decoder = try idle.withLock { $0.popLast() } ?? SphinxDecoder(files: files)
                defer { idle.withLock { $0.append(decoder) } }
                return try decoder.decode(window.samples, cancellation: flag)
            }
        }
        let offset = window.span.startSeconds
        let placed = words.map { word in
            Word(text: word.text, span: word.span.shifted(bySeconds: offset), probability: word.probability)
        }
        return WindowHypothesis(
            words: placed, language: "en",
            compressionRatio: compressionRatio(of: placed.runningText),
            noSpeechProbability: placed.isEmpty ? 1 : 0)
    }
}
