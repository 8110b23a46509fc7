import Foundation
import ParleyCore
import ParleyInference

extension WhisperEngine {
    /// Judges what was found: believed texts become hypotheses, the others go back to the queue.
    func conclude(_ jobs: [WhisperJob], texts: [FoundText], cancellation: CancellationFlag) throws -> [Outcome] {
        var outcomes: [Outcome?] = []
        var believed: [(index: Int, job: WhisperJob, attempt: DecodingAttempt)] = []
        for (index, (job, text)) in zip(jobs, texts).enumerated() {
            let attempt = DecodingAttempt(
                text: text, temperature: job.temperature,
                compressionRatio: compressionRatio(of: plainText(text)))
            switch judge(attempt, of: job) {
            case .again(let outcome): outcomes.append(outcome)
            case .silent: outcomes.append(.finished(hypothesis(job, attempt, words: [])))
            case .believed(let attempt):
                outcomes.append(nil)
                believed.append((index, job, attempt))
            }
        }
        let words = try words(of: believed.map { ($0.job, $0.attempt) }, cancellation: cancellation)
        for (found, words) in zip(believed, words) {
            outcomes[found.index] = .finished(hypothesis(found.job, found.attempt, words: words))
        }
        return outcomes.map { $0 ?? .failed(CancellationError()) }
    }

    private enum Judgement {
        case believed(DecodingAttempt)
        case silent
        case again(Outcome)
    }

    private func judge(_ attempt: DecodingAttempt, of job: WhisperJob) -> Judgement {
        switch job.fallback.verdict(attempt, noSpeechProbability: job.noSpeechProbability) {
        case .believed: return .believed(attempt)
        case .silent: return .silent
        case .again:
            var next = job
            next.attempts.append(attempt)
            guard next.attempts.count < job.fallback.temperatures.count else {
                return .believed(job.fallback.leastBad(next.attempts) ?? attempt)
            }
            do {
                return .again(.again(next, try bucket(of: next)))
            } catch {
                return .again(.failed(error))
            }
        }
    }

    /// The words of each text with their times from the window's start.
    private func words(
        of found: [(job: WhisperJob, attempt: DecodingAttempt)], cancellation: CancellationFlag
    ) throws -> [[TimedSegment]] {
        let segments = found.map { job, attempt in
            attempt.text.segments(special: tokenizer.special, windowSeconds: job.span.durationSeconds)
        }
        var timed = zip(found, segments).map { found, segments in
            segments.map { segment in
                TimedSegment(
                    segment: segment, words: segment.estimatedWords(tokenizer, language: found.job.language ?? "en"))
            }
        }
        let wanted = found.indices.filter { found[$0].job.options.decoding.alignsWords && !segments[$0].isEmpty }
        if network.givesAttention, !wanted.isEmpty {
            let aligner = WordAligner(network: network, tokenizer: tokenizer)
            let requests = try wanted.map { index in try alignment(of: found[index].job, segments[index]) }
            for (index, result) in zip(wanted, try aligner.align(requests, cancellation: cancellation)) {
                timed[index] = result
            }
        }
        return zip(found, timed).map { found, segments in
            guard let silence = found.job.options.decoding.hallucinationSilence else { return segments }
            return HallucinationFilter(
                silenceSeconds: silence / .seconds(1), windowSeconds: found.job.span.durationSeconds
            ).believable(segments)
        }
    }

    private func alignment(of job: WhisperJob, _ segments: [TextSegment]) throws -> WordAligner.Request {
        guard let audio = job.audio else { throw InferenceError(.runFailed, "A window was not encoded.") }
        return WordAligner.Request(
            audio: audio, windowSeconds: job.span.durationSeconds,
            steering: try prompts.steering(task: job.options.task, language: job.language), segments: segments,
            language: job.language ?? "en")
    }

    private func hypothesis(
        _ job: WhisperJob, _ attempt: DecodingAttempt, words segments: [TimedSegment]
    ) -> WindowHypothesis {
        WindowHypothesis(
            words: segments.flatMap { placed($0, offset: job.span.startSeconds) },
            language: job.options.task == .translate ? "en" : job.language ?? "en",
            languageProbability: job.languageProbability, tokens: segments.isEmpty ? [] : attempt.text.tokens,
            temperature: attempt.temperature, averageLogProbability: attempt.averageLogProbability,
            compressionRatio: attempt.compressionRatio,
            noSpeechProbability: job.noSpeechProbability)
    }

    /// A segment's words as the transcript has them.
    private func placed(_ segment: TimedSegment, offset: Double) -> [Word] {
        var words: [Word] = []
        for timed in segment.words {
            let text = timed.text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty else { continue }
            let span = TimeSpan(startSeconds: timed.startSeconds, endSeconds: timed.endSeconds)
            words.append(
                Word(
                    text: text, span: span.shifted(bySeconds: offset), probability: min(1, max(0, timed.probability)),
                    joinsPrevious: timed.text.first.map { !$0.isWhitespace } ?? false,
                    beginsSegment: words.isEmpty,
                    tokens: timed.tokens.map { token in
                        Token(
                            id: token.id, bytes: tokenizer.bytes(of: token.id),
                            logProbability: Double(token.logProbability))
                    }))
        }
        return words
    }

    private func plainText(_ text: FoundText) -> String {
        tokenizer.decode(text.tokens).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
