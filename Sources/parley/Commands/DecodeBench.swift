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
        let limit = lease.recognizer.descriptor.maximumWindow
        let isTimed = invocation.arguments.flag("time")
        let windows = try await BlockingLane(name: "read").run {
            try paths.map { try Self.windows(of: $0, decoder: parts.decoder, length: limit, all: isTimed) }
        }
        if isTimed {
            let report = try await time(windows.flatMap(\.self), with: lease.recognizer)
            try invocation.printJSON(report)
            return .success
        }
        let hypotheses = try await recognize(windows.compactMap(\.first), with: lease.recognizer)
        for (path, hypothesis) in zip(paths, hypotheses) { try invocation.printJSON(Self.json(path, hypothesis)) }
        return .success
    }

    /// All windows, with so many at the same time as there are clients.
    private func recognize(
        _ windows: [AudioWindow], with recognizer: any SpeechRecognizer
    ) async throws -> [WindowHypothesis] {
        try await withThrowingTaskGroup(of: (Int, WindowHypothesis).self) { group in
            var results: [Int: WindowHypothesis] = [:]
            for index in windows.indices {
                if index >= clientCount, let (done, hypothesis) = try await group.next() { results[done] = hypothesis }
                var options = options
                options.request = RequestID()
                group.addTask { [options] in (index, try await recognizer.recognize(windows[index], options: options)) }
            }
            for try await (done, hypothesis) in group { results[done] = hypothesis }
            return windows.indices.compactMap { results[$0] }
        }
    }

    /// What the windows take once the first has been recognised to warm up.
    private func time(_ windows: [AudioWindow], with recognizer: any SpeechRecognizer) async throws -> JSONValue {
        _ = try await recognize(Array(windows.prefix(1)), with: recognizer)
        let clock = ContinuousClock()
        let start = clock.now
        let cpuStart = ProcessUsage.now
        let hypotheses = try await recognize(windows, with: recognizer)
        let seconds = (clock.now - start) / .seconds(1)
        let usage = ProcessUsage.now
        let audioSeconds = windows.reduce(0) { $0 + $1.span.durationSeconds }
        return [
            "audio_seconds": .double(audioSeconds), "seconds": .double(seconds),
            "cpu_seconds": .double(usage.cpuSeconds - cpuStart.cpuSeconds), "rtf": .double(seconds / audioSeconds),
            "peak_rss_mib": .int(usage.peakBytes >> 20),
            "characters": .int(hypotheses.reduce(0) { $0 + $1.words.runningText.count }),
        ]
    }

    /// The recording in stretches of the longest window, or only the first.
    private static func windows(
        of path: String, decoder: any AudioDecoder, length: Duration, all: Bool
    ) throws -> [AudioWindow] {
        let reader = try decoder.open(
            AudioInput(path: path, displayName: (path as NSString).lastPathComponent), track: nil)
        let count = PCM.sampleCount(seconds: length / .seconds(1))
        var samples: [Float] = []
        while all || samples.count < count, let chunk = try reader.next() { samples += chunk }
        return stride(from: 0, to: all ? samples.count : min(1, samples.count), by: count).map { start in
            AudioWindow(startSample: start, samples: Array(samples[start..<min(samples.count, start + count)]))
        }
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

/// What this process has taken so far.
private struct ProcessUsage {
    let cpuSeconds: Double
    let peakBytes: Int

    static var now: ProcessUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        return ProcessUsage(
            cpuSeconds: Double(user.tv_sec + system.tv_sec) + Double(user.tv_usec + system.tv_usec) / 1_000_000,
            peakBytes: usage.ru_maxrss * 1_024)
    }
}
