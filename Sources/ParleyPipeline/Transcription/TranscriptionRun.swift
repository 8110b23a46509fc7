import ParleyCore

/// One recording on its way through the stages.
///
/// The reader feeds two bounded channels: windows of speech for the recogniser, all audio for diarization. Both sides
/// work at the same time; whoever is slower holds the reader back, so memory does not grow with the recording.
struct TranscriptionRun: Sendable {
    let recognizer: any SpeechRecognizer
    let parts: PipelineParts
    let readerLane: BlockingLane
    let options: TranscriptionOptions
    let emit: @Sendable (TranscriptionEvent) -> Void
    private let request = RequestID()

    init(
        recognizer: any SpeechRecognizer, parts: PipelineParts, readerLane: BlockingLane,
        options: TranscriptionOptions, emit: @escaping @Sendable (TranscriptionEvent) -> Void
    ) {
        self.recognizer = recognizer
        self.parts = parts
        self.readerLane = readerLane
        self.options = options
        self.emit = emit
    }

    /// Shorter recordings are refused, in seconds; OpenAI's own limit.
    private static let minimumSeconds = 0.1
    /// A language heard with this probability is taken for the whole recording (faster-whisper,
    /// `language_detection_threshold`).
    private static let sureOfLanguage = 0.5
    /// Windows that are asked when none is sure.
    private static let languageVotes = 3
    /// Steps of audio that may wait for diarization.
    private static let waitingSteps = 2

    /// Transcribes a recording from beginning to end.
    /// - Throws: ``AudioError``, ``InferenceError``, ``RecognitionError``, ``DiarizationError`` or `CancellationError`.
    func transcribe(_ input: AudioInput) async throws -> Transcript {
        try refuseUnsupported()
        let reader = try await readerLane.run { [options, parts, descriptor = recognizer.descriptor] in
            try RecordingReader(input, options: options, parts: parts, descriptor: descriptor)
        }
        let diarization = try await makeDiarization()
        let channels = reader.speakers.map { names in
            ChannelActivity(names: names, detection: options.speechDetection, frameSampleCount: reader.frameSampleCount)
        }
        let assembly = TranscriptAssembly(
            claimedSeconds: reader.info.claimedDurationSeconds, isDiarizing: diarization != nil,
            // The channels' windows come one after the other, their segments in order of time only at the end.
            emitsEarly: options.emitsSegmentsEarly && channels == nil, channelSpeakers: reader.speakers, emit: emit)
        let windows = BoundedChannel<(Int, SpeechWindow)>(capacity: recognizer.concurrency)
        let audio = BoundedChannel<AudioWindow>(capacity: Self.waitingSteps)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await read(reader, windows: windows, audio: audio, channels: channels, assembly: assembly)
            }
            group.addTask { try await recognizeAll(windows, assembly: assembly) }
            group.addTask { try await diarize(audio, with: diarization, assembly: assembly) }
            // Not waitForAll: that would let the others go on after a failure.
            for try await _ in group {}
        }
        try Task.checkCancellation()
        if diarization != nil { await assembly.report(.clustering) }
        var activity = try await diarization?.finish()
        if let channels { activity = await channels.activity(durationSeconds: assembly.durationSeconds) }
        return await assembly.transcript(recognizer: recognizer.descriptor, options: options, activity: activity)
    }

    /// Windows that are recognised at the same time: one after the other where each needs the text before it.
    private var windowsInFlight: Int {
        options.decoding.conditionsOnPreviousText ? 1 : max(1, recognizer.concurrency)
    }

    private func refuseUnsupported() throws(RecognitionError) {
        let descriptor = recognizer.descriptor
        if options.task == .translate, !descriptor.canTranslate {
            throw RecognitionError(.translationUnsupported, "The model '\(descriptor.id)' can't translate.")
        }
        if let language = options.language, !descriptor.languages.contains(language) {
            let known = descriptor.languages.joined(separator: ", ")
            throw RecognitionError(
                .languageUnsupported,
                "The model '\(descriptor.id)' does not recognise the language '\(language)'; it knows: \(known).")
        }
    }

    private func makeDiarization() async throws -> (any DiarizationSession)? {
        guard options.channels == .mix, let wanted = options.diarization else { return nil }
        guard let diarizer = parts.diarizer else {
            throw DiarizationError(
                .modelUnavailable, "Speakers can't be told apart: the diarization models are not installed.")
        }
        return try await diarizer.makeSession(wanted)
    }

    private func read(
        _ reader: RecordingReader, windows: BoundedChannel<(Int, SpeechWindow)>, audio: BoundedChannel<AudioWindow>,
        channels: ChannelActivity?, assembly: TranscriptAssembly
    ) async throws {
        defer {
            windows.finish()
            audio.finish()
        }
        var windowCount = 0
        var sampleCount = 0
        var isLast = false
        while !isLast {
            let step = try await withCancellationFlag { flag in
                try await readerLane.run { try reader.step(cancellation: flag) }
            }
            isLast = step.isLast
            sampleCount += step.sampleCount
            await channels?.add(step.probabilities)
            await assembly.hasRead(untilSample: sampleCount, windows: step.windows)
            if isLast { try await refuseTooShort(assembly) }
            if options.diarization != nil, let heard = step.audio, !heard.samples.isEmpty {
                try await audio.send(heard)
            }
            for window in step.windows {
                try await windows.send((windowCount, window))
                windowCount += 1
            }
        }
    }

    private func refuseTooShort(_ assembly: TranscriptAssembly) async throws {
        let seconds = await assembly.durationSeconds
        if seconds < Self.minimumSeconds { throw AudioError.tooShort(seconds, minimum: Self.minimumSeconds) }
    }

    /// Recognises the windows, many at a time once the language is known.
    private func recognizeAll(
        _ windows: BoundedChannel<(Int, SpeechWindow)>, assembly: TranscriptAssembly
    ) async throws {
        var recognition = RecognitionOptions(
            task: options.task, language: options.language, prompt: options.prompt, keywords: options.keywords,
            temperature: options.temperature, decoding: options.decoding, request: request,
            priority: options.priority)
        recognition.candidateLanguages = options.candidateLanguages
        if recognition.language == nil, recognizer.descriptor.languages.count > 1 {
            recognition.language = try await hearLanguage(windows, recognition, assembly: assembly)
        }
        try await withThrowingTaskGroup(of: Void.self) { [recognition] group in
            for _ in 0..<windowsInFlight {
                group.addTask { try await recognize(windows, recognition, assembly: assembly) }
            }
            for try await _ in group {}
        }
    }

    /// Recognises windows in turn until one is sure of its language, or enough have voted.
    ///
    /// A recording keeps its language: windows that each heard their own would flip between related ones.
    private func hearLanguage(
        _ windows: BoundedChannel<(Int, SpeechWindow)>, _ recognition: RecognitionOptions,
        assembly: TranscriptAssembly
    ) async throws -> String? {
        var recognition = recognition
        var votes: [String: Double] = [:]
        for _ in 0..<Self.languageVotes {
            guard let (index, window) = await windows.next() else { break }
            let hypothesis = try await recognizer.recognize(window.audio, options: recognition)
            await assembly.add(hypothesis, window: window, index: index)
            if options.decoding.conditionsOnPreviousText { recognition.remember(hypothesis) }
            let probability = hypothesis.languageProbability ?? 1
            if probability >= Self.sureOfLanguage { return hypothesis.language }
            votes[hypothesis.language, default: 0] += probability
        }
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    private func recognize(
        _ windows: BoundedChannel<(Int, SpeechWindow)>, _ recognition: RecognitionOptions,
        assembly: TranscriptAssembly
    ) async throws {
        var recognition = recognition
        while let (index, window) = await windows.next() {
            let hypothesis = try await recognizer.recognize(window.audio, options: recognition)
            await assembly.add(hypothesis, window: window, index: index)
            if options.decoding.conditionsOnPreviousText { recognition.remember(hypothesis) }
        }
    }

    private func diarize(
        _ audio: BoundedChannel<AudioWindow>, with session: (any DiarizationSession)?, assembly: TranscriptAssembly
    ) async throws {
        guard let session else { return }
        while let step = await audio.next() {
            try await session.push(step)
            if options.emitsSegmentsEarly {
                let start = await assembly.emittedUntilSeconds
                await assembly.add(try await session.currentActivity(from: start))
            }
        }
    }
}

extension RecognitionOptions {
    /// A window decoded above this temperature says too little about the next one (openai/whisper, `transcribe`).
    private static let highestReliableTemperature = 0.5

    /// Makes a hypothesis the text before the next window.
    fileprivate mutating func remember(_ hypothesis: WindowHypothesis) {
        if hypothesis.temperature > Self.highestReliableTemperature {
            precedingTokens = []
        } else {
            precedingTokens += hypothesis.tokens
        }
    }
}
