import Foundation
import ParleyAPI
import ParleyCore
import ParleyPipeline

/// Gives single windows to the recogniser, without speech detection, and prints what came back.
struct DecodeBench: Sendable {
    private let invocation: Invocation
    private let options: RecognitionOptions
    private let clientCount: Int

    init(_ invocation: Invocation) throws(UsageError) {
        self.invocation = invocation
        var decoding = invocation.settings.decoding
        if let count = try invocation.arguments.integer("tokens", in: 1...448) {
            decoding.maximumTokenCount = count
            decoding.isEndless = true
        }
        decoding.alignsWords = !invocation.arguments.flag("no-words")
        options = RecognitionOptions(
            language: invocation.arguments.value("language"), prompt: invocation.arguments.value("prompt"),
            decoding: decoding)
        clientCount = try invocation.arguments.integer("clients", in: 1...1_024) ?? 1
    }

    func run(_ paths: [String]) async throws -> ExitCode {
        let parts = try await invocation.composition.parts(invocation.settings)
        let lease = try await parts.models.lease(nil)
        defer { lease.release() }
        let recognizer = lease.recognizer
        let reading = BlockingLane(name: "read")
        let windows = try await reading.run {
            try paths.map {
                try Self.firstWindow(of: $0, decoder: parts.decoder, limit: recognizer.descriptor.maximumWindow)
            }
        }
        let results = try await withThrowingTaskGroup(of: (Int, WindowHypothesis).self) { group in
            var results = [WindowHypothesis?](repeating: nil, count: windows.count)
            for index in windows.indices {
                if index >= clientCount, let (done, hypothesis) = try await group.next() { results[done] = hypothesis }
                var options = options
                options.request = RequestID()
                group.addTask { [options] in (index, try await recognizer.recognize(windows[index], options: options)) }
            }
            for try await (done, hypothesis) in group { results[done] = hypothesis }
            return results
        }
        for (path, hypothesis) in zip(paths, results) {
            if let hypothesis { try invocation.printJSON(Self.json(path, hypothesis)) }
        }
        return .success
    }

    private static func firstWindow(
        of path: String, decoder: any AudioDecoder, limit: Duration
    ) throws -> AudioWindow {
        let reader = try decoder.open(
            AudioInput(path: path, displayName: (path as NSString).lastPathComponent), track: nil)
        let count = PCM.sampleCount(seconds: limit / .seconds(1))
        var samples: [Float] = []
        while samples.count < count, let chunk = try reader.next() { samples += chunk }
        return AudioWindow(startSample: 0, samples: Array(samples.prefix(count)))
    }

    private static func json(_ path: String, _ hypothesis: WindowHypothesis) -> JSONValue {
        [
            "clip": .string((path as NSString).lastPathComponent),
            "text": .string(hypothesis.words.runningText), "tokens": .array(hypothesis.tokens.map { .int($0) }),
            "language": .string(hypothesis.language),
            "language_probability": hypothesis.languageProbability.map { .double($0) } ?? .null,
            "temperature": .double(hypothesis.temperature),
            "avg_logprob": hypothesis.averageLogProbability.map { .double($0) } ?? .null,
            "compression_ratio": .double(hypothesis.compressionRatio),
            "no_speech_prob": .double(hypothesis.noSpeechProbability),
            "words": .array(
                hypothesis.words.map { word in
                    [
                        "word": .string(word.text), "start": .double(word.span.startSeconds),
                        "end": .double(word.span.endSeconds), "probability": .double(word.probability),
                    ]
                }),
            "logprobs": .array(hypothesis.words.flatMap { $0.tokens.map { .double($0.logProbability) } }),
        ]
    }
}
