import ParleyCore

/// One stream of a ``SortformerDiarizer``.
actor SortformerStream: DiarizationStream {
    private let parts: SortformerParts
    private let settings: SortformerSettings
    private let maximumSpeakers: Int
    private let priority: WorkPriority
    private let request = RequestID()

    private var mel: MelStream
    /// Mel frames from the next chunk on, flat `[frame][band]`.
    private var melFrames: [Float] = []
    private var cache: SpeakerCache
    private var turns: TurnAssembly
    private var frameCount = 0
    /// Ids of the network's speakers, in order of appearance.
    private var ids: [Int: Int] = [:]
    /// Found out, but not given to the caller yet.
    private var events: [SpeakerEvent] = []
    private var hasEnded = false

    /// Samples that are turned into mel frames at a time.
    private static let blockSampleCount = 10 * PCM.sampleRateHz

    init(parts: SortformerParts, options: StreamingDiarizationOptions, settings: SortformerSettings) {
        self.parts = parts
        self.settings = settings
        maximumSpeakers = max(1, options.maximumSpeakers ?? parts.network.speakerCount)
        priority = options.priority
        mel = MelStream(melCount: parts.network.melCount)
        cache = SpeakerCache(
            settings: settings, width: parts.network.width, speakerCount: parts.network.speakerCount)
        turns = TurnAssembly(rules: parts.turnRules, frameSeconds: SortformerSettings.frameSeconds)
    }

    func push(_ samples: [Float]) async throws -> [SpeakerEvent] {
        guard !hasEnded else { return [] }
        // All samples are taken in before the first step, so that none is lost when one fails.
        for start in stride(from: 0, to: samples.count, by: Self.blockSampleCount) {
            melFrames += mel.append(Array(samples[start..<min(start + Self.blockSampleCount, samples.count)]))
        }
        try await runWholeSteps()
        return takeEvents()
    }

    func finish() async throws -> [SpeakerEvent] {
        guard !hasEnded else { return [] }
        melFrames += mel.finish()
        try await runWholeSteps()
        while !melFrames.isEmpty { try await step() }
        events += turns.finish().map { .turn($0) }
        events.append(.ended(Double(mel.sampleCount) / Double(PCM.sampleRateHz)))
        hasEnded = true
        return takeEvents()
    }

    /// Posteriors of mel frames, for tests: what ``push(_:)`` does after the front end.
    func posteriors(ofMelFrames frames: [Float]) async throws -> [Float] {
        melFrames += frames
        var posteriors: [Float] = []
        while !melFrames.isEmpty { posteriors += try await step() }
        return posteriors
    }

    private func takeEvents() -> [SpeakerEvent] {
        defer { events = [] }
        return events
    }

    private func runWholeSteps() async throws {
        let count = settings.stepFrameCount * SortformerSettings.subsampling * parts.network.melCount
        while melFrames.count >= count { try await step() }
    }

    /// Decides about the next chunk.
    ///
    /// Nothing changes when that fails.
    @discardableResult
    private func step() async throws -> [Float] {
        let melCount = parts.network.melCount
        let wanted = settings.stepFrameCount * SortformerSettings.subsampling
        var chunk = Array(melFrames.prefix(wanted * melCount))
        let melFrameCount = chunk.count / melCount
        let length = max(wanted, parts.network.fixedChunkMelFrameCount ?? 0) * melCount
        chunk += [Float](repeating: 0, count: length - chunk.count)
        let output = try await parts.run(
            SortformerNetwork.Step(
                chunk: chunk, chunkMelFrameCount: melFrameCount, cache: cache.cache, queue: cache.queue),
            request: request, priority: priority)
        melFrames.removeFirst(
            min(melFrames.count, settings.chunkFrameCount * SortformerSettings.subsampling * melCount))
        let posteriors = cache.advance(output)
        tell(posteriors)
        return posteriors
    }

    private func tell(_ posteriors: [Float]) {
        let speakerCount = parts.network.speakerCount
        let count = posteriors.count / speakerCount
        for frame in 0..<count {
            for speaker in 0..<speakerCount
            where ids[speaker] == nil && ids.count < maximumSpeakers
                && posteriors[frame * speakerCount + speaker] >= parts.turnRules.onset
            {
                ids[speaker] = ids.count
                events.append(.speaker(StreamSpeaker(id: ids.count - 1)))
            }
        }
        var activity: [Int: [Float]] = [:]
        for (speaker, id) in ids {
            activity[id] = (0..<count).map { posteriors[$0 * speakerCount + speaker] }
        }
        let frames = SpeakerFrames(
            startSeconds: Double(frameCount) * SortformerSettings.frameSeconds,
            frameSeconds: SortformerSettings.frameSeconds, frameCount: count, activity: activity)
        frameCount += count
        events.append(.frames(frames))
        events += turns.append(frames).map { .turn($0) }
    }
}
