import Foundation
import ParleyAudio
import ParleyCore
import ParleyInference

/// Recognises batches of windows on one device.
///
/// All options hold for each window by itself: a window that is not believed goes back to the queue at the next
/// temperature while the others of its batch are finished.
struct WhisperEngine: Sendable {
    typealias Outcome = BatchOutcome<WhisperJob, WhisperBucket, WindowHypothesis>

    let network: any WhisperNetwork
    let configuration: WhisperConfiguration
    let tokenizer: WhisperTokenizer
    /// How the batch is divided.
    let limits: WaveLimits
    let account: Account

    /// The memory that the model takes.
    struct Account: Sendable {
        let memory: ModelMemory
        let key: CostModel.Key
        let device: InferenceDevice
        /// Keeps the memory of the weights set aside.
        let weights: MemoryReservation?
    }

    private var special: WhisperSpecialTokens { tokenizer.special }
    var prompts: PromptBuilder { PromptBuilder(tokenizer: tokenizer, contextLength: configuration.contextLength) }

    /// Carries out a batch; see `BatchScheduler`.
    func execute(
        _ batch: [BatchEntry<WhisperJob>], _ bucket: WhisperBucket, _ cancellation: CancellationFlag
    ) -> [Outcome] {
        var outcomes = [Outcome?](repeating: nil, count: batch.count)
        let size = limits.windowsPerWave(bucket, vocabularySize: configuration.vocabularySize, network: network)
        for start in stride(from: 0, to: batch.count, by: size) {
            let range = start..<min(batch.count, start + size)
            do {
                let rows = range.count * bucket.candidateCount
                let results = try account.memory.running(account.key, rows: rows, on: account.device) {
                    try wave(Array(batch[range]), bucket, cancellation)
                }
                for (index, outcome) in zip(range, results) { outcomes[index] = outcome }
            } catch {
                for index in range { outcomes[index] = .failed(error) }
            }
        }
        return outcomes.map { $0 ?? .failed(CancellationError()) }
    }

    /// The bucket that a job belongs to.
    /// - Throws: ``RecognitionError`` when the model has no token for what is asked.
    func bucket(of job: WhisperJob) throws(RecognitionError) -> WhisperBucket {
        let needsLanguage = special.isMultilingual && job.language == nil
        return WhisperBucket(
            detectsLanguage: needsLanguage, promptLength: try needsLanguage ? 1 : prompt(for: job).count,
            candidateCount: job.candidateCount)
    }

    private func wave(
        _ batch: [BatchEntry<WhisperJob>], _ bucket: WhisperBucket, _ cancellation: CancellationFlag
    ) throws -> [Outcome] {
        var jobs = batch.map(\.job)
        try encode(&jobs, cancellation: cancellation)
        if bucket.detectsLanguage { return try detectLanguage(jobs, cancellation: cancellation) }
        let prompts = try jobs.map(prompt)
        let audio = try network.join(jobs.compactMap(\.audio))
        let (cache, logits) = try network.start(audio, tokens: prompts, cancellation: cancellation)
        noteSilence(&jobs, prompts: prompts, logits: logits)
        var windows = zip(batch, jobs).map { entry, job in
            WaveWindow(
                search: search(for: job, promptLength: bucket.promptLength), rules: rules(for: job),
                cancellation: entry.cancellation)
        }
        let wave = DecodingWave(network: network, contextLength: configuration.contextLength)
        try wave.run(&windows, cache: cache, logits: logits, cancellation: cancellation)
        return try conclude(jobs, texts: windows.map { $0.search.best() }, cancellation: cancellation)
    }

    /// Everything that is fed before the first token is sampled.
    private func prompt(for job: WhisperJob) throws(RecognitionError) -> [Int] {
        let steering = try prompts.steering(task: job.options.task, language: job.language)
        return prompts.preceding(job.options) + steering + prompts.ending(job.options.decoding)
    }

    /// Encodes the windows that are not encoded yet: one by one on a processor, which gains nothing from batches there
    /// and saves their memory.
    private func encode(_ jobs: inout [WhisperJob], cancellation: CancellationFlag) throws {
        for index in jobs.indices where jobs[index].audio == nil {
            jobs[index].audio = try network.encode([jobs[index].features], cancellation: cancellation)
            jobs[index].features = []
        }
    }

    /// Hears the language of each window from the logits after the start of the transcript.
    private func detectLanguage(_ jobs: [WhisperJob], cancellation: CancellationFlag) throws -> [Outcome] {
        let audio = try network.join(jobs.compactMap(\.audio))
        let prompts = Array(repeating: [special.startOfTranscript], count: jobs.count)
        let (_, logits) = try network.start(audio, tokens: prompts, cancellation: cancellation)
        var row = LogitRow(count: configuration.vocabularySize)
        return jobs.enumerated().map { index, job in
            var job = job
            load(&row, from: logits, row: index, position: 0)
            let candidates = candidates(job)
            let scores = candidates.map { Double(row.values[$0.id]) }
            let largest = scores.max() ?? 0
            let total = scores.reduce(0) { $0 + exp($1 - largest) }
            let best = scores.firstIndex(of: largest) ?? 0
            job.language = candidates[best].code
            job.languageProbability = total > 0 ? 1 / total : 0
            return Result { try bucket(of: job) }.outcome(job)
        }
    }

    /// The languages that a job may turn out to be in.
    private func candidates(_ job: WhisperJob) -> [WhisperSpecialTokens.Language] {
        let asked = special.languages.filter { job.options.candidateLanguages.contains($0.code) }
        return asked.isEmpty ? special.languages : asked
    }

    /// Remembers how likely it is that nobody speaks, from the logits after the start of the transcript.
    private func noteSilence(_ jobs: inout [WhisperJob], prompts: [[Int]], logits: Tensor) {
        guard let noSpeech = special.noSpeech else { return }
        var row = LogitRow(count: configuration.vocabularySize)
        for index in jobs.indices {
            let position = prompts[index].lastIndex(of: special.startOfTranscript) ?? 0
            load(&row, from: logits, row: index, position: position)
            jobs[index].noSpeechProbability = exp(Double(row.values[noSpeech] - row.logSumExp()))
        }
    }

    private func load(_ row: inout LogitRow, from logits: Tensor, row index: Int, position: Int) {
        let (length, vocabulary) = (logits.shape[1], logits.shape[2])
        logits.withFloat32s { values in
            let start = (index * length + position) * vocabulary
            row.load(UnsafeBufferPointer(rebasing: values[start..<(start + vocabulary)]))
        }
    }

    private func rules(for job: WhisperJob) -> LogitRules {
        LogitRules(options: job.options.decoding, configuration: configuration, special: special)
    }

    private func search(for job: WhisperJob, promptLength: Int) -> any TokenSearch {
        let options = job.options.decoding
        // As many as openai/whisper samples, and never more than the context holds.
        let limit = min(
            options.maximumTokenCount ?? configuration.contextLength / 2,
            configuration.contextLength / 2, configuration.contextLength + 1 - promptLength)
        let ranking = LikelihoodRanking(lengthPenalty: options.lengthPenalty)
        guard job.temperature > 0 || options.beamSize <= 1 else {
            return BeamSearch(
                beamSize: options.beamSize, patience: options.patience, endOfText: special.endOfText,
                maximumTokenCount: limit, ranking: ranking)
        }
        let seed = job.span.startSeconds.bitPattern &+ UInt64(job.attempts.count) &* 0x1_0000_0001
        return SamplingSearch(
            temperature: job.temperature, candidateCount: job.candidateCount, endOfText: special.endOfText,
            maximumTokenCount: limit, ranking: ranking, seed: seed)
    }
}

extension Result<WhisperBucket, any Error> {
    /// Back into the queue with what is known now, or the reason why not.
    fileprivate func outcome(_ job: WhisperJob) -> WhisperEngine.Outcome {
        switch self {
        case .success(let bucket): .again(job, bucket)
        case .failure(let error): .failed(error)
        }
    }
}
