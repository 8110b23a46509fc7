import ParleyCore

/// Collects what the stages of one run find out, reports progress, and puts the transcript together.
actor TranscriptAssembly {
    private let claimedSeconds: Double?
    private let isDiarizing: Bool
    private let emitsEarly: Bool
    /// Who speaks in each channel; nil where channels are mixed.
    private let channelSpeakers: [String]?
    private let emit: @Sendable (TranscriptionEvent) -> Void

    /// Seconds decoded so far; the length of the recording once it has been read.
    private(set) var durationSeconds = 0.0
    /// What was last reported as done.
    private var processedSeconds = 0.0
    /// End of the last segment that was emitted early.
    private(set) var emittedUntilSeconds = 0.0
    private var coverage = SpeechCoverage()
    private var hypotheses: [Int: (window: SpeechWindow, hypothesis: WindowHypothesis)] = [:]
    /// Starts of the windows that are not recognised yet, by index.
    private var pending: [Int: Double] = [:]
    private var windowCount = 0
    private var builder = SegmentBuilder()
    private var segments: [Segment] = []
    /// Windows whose segments have been built.
    private var builtCount = 0
    private var activity: SpeakerActivity?

    init(
        claimedSeconds: Double?, isDiarizing: Bool, emitsEarly: Bool, channelSpeakers: [String]? = nil,
        emit: @escaping @Sendable (TranscriptionEvent) -> Void
    ) {
        self.claimedSeconds = claimedSeconds
        self.isDiarizing = isDiarizing
        self.emitsEarly = emitsEarly
        self.channelSpeakers = channelSpeakers
        self.emit = emit
    }

    /// The reader came this far and found these windows.
    func hasRead(untilSample end: Int, windows: [SpeechWindow]) {
        durationSeconds = PCM.seconds(sampleCount: end)
        for window in windows {
            pending[windowCount] = window.audio.span.startSeconds
            windowCount += 1
            coverage.detectedSeconds += window.speechSeconds
        }
        report(.transcribing)
    }

    /// The recogniser answered for a window.
    func add(_ hypothesis: WindowHypothesis, window: SpeechWindow, index: Int) {
        hypotheses[index] = (
            SpeechWindow(
                audio: AudioWindow(startSample: window.audio.startSample, samples: []),
                speechSeconds: window.speechSeconds, channel: window.channel),
            hypothesis
        )
        pending[index] = nil
        coverage.decodedSeconds += window.speechSeconds
        if emitsEarly { emitReady(until: isDiarizing ? (activity?.endSeconds ?? 0) : .infinity) }
        report(.transcribing)
    }

    /// Diarization came this far.
    func add(_ activity: SpeakerActivity) {
        self.activity = activity
        emitReady(until: activity.endSeconds)
    }

    /// Reports a stage and how far it is: to the beginning of the first window that is not recognised yet.
    func report(_ stage: TranscriptionStage) {
        let known = stage == .clustering ? durationSeconds : min(durationSeconds, pending.values.min() ?? .infinity)
        // A window may begin before what was read when it was not known yet.
        let processed = max(processedSeconds, known)
        processedSeconds = processed
        emit(
            .progress(
                TranscriptionProgress(
                    stage: stage, processedSeconds: processed,
                    totalSeconds: stage == .clustering ? durationSeconds : claimedSeconds.map { max($0, processed) })))
    }

    /// The result.
    ///
    /// Segments that went out early stay as they are.
    func transcript(
        recognizer: ModelDescriptor, options: TranscriptionOptions, activity final: SpeakerActivity?
    ) -> Transcript {
        activity = final
        emitReady(until: .infinity)
        if channelSpeakers != nil { segments = segments.inOrderOfTime }
        let snapping = TurnSnapping(segments.flatMap(\.words), isBySpeaker: channelSpeakers != nil)
        return Transcript(
            modelID: recognizer.id, task: options.task, language: language(recognizer, options),
            durationSeconds: durationSeconds, segments: segments, turns: snapping.turns(final?.turns ?? []),
            exclusiveTurns: snapping.exclusiveTurns(final?.exclusiveTurns ?? []), coverage: coverage)
    }

    private func language(_ recognizer: ModelDescriptor, _ options: TranscriptionOptions) -> String {
        let heard = hypotheses.keys.sorted().compactMap { hypotheses[$0]?.hypothesis.language }
        let counts = Dictionary(heard.map { ($0, 1) }, uniquingKeysWith: +)
        let commonest = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return commonest ?? options.language ?? recognizer.languages.first ?? "en"
    }

    /// Builds the segments of the windows that are next in order and, with diarization, whose speakers are decided.
    private func emitReady(until decidedSeconds: Double) {
        let attribution = channelSpeakers == nil ? activity.map(SpeakerAttribution.init) : nil
        while let next = hypotheses[builtCount] {
            let words = next.hypothesis.words
            let end = words.last?.span.endSeconds ?? next.window.audio.span.startSeconds
            guard end <= decidedSeconds else { return }
            builtCount += 1
            var attributed = attribution?.attribute(words, after: segments.last?.words.last) ?? words
            if let channelSpeakers {
                for index in attributed.indices { attributed[index].speaker = channelSpeakers[next.window.channel] }
            }
            let built = builder.segments(of: attributed, hypothesis: next.hypothesis)
            segments += built
            guard emitsEarly else { continue }
            emittedUntilSeconds = max(emittedUntilSeconds, end)
            for segment in built { emit(.segment(segment)) }
        }
    }
}

extension [Segment] {
    /// The same numbered anew in order of time.
    fileprivate var inOrderOfTime: [Segment] {
        let order = indices.sorted { (self[$0].span.startSeconds, $0) < (self[$1].span.startSeconds, $1) }
        return order.enumerated().map { number, index in
            var segment = self[index]
            segment.id = number
            return segment
        }
    }
}
