import ParleyCore

/// One stream of an ``OnlineSpeakerTracker``.
actor TrackerStream: DiarizationStream {
    private let parts: DiarizationParts
    private let priority: WorkPriority
    private let request = RequestID()
    private let reclustering: Reclustering
    private let reconstruction: ActivityReconstruction
    /// Samples from the time that a frame lies at to the time at which it is decided.
    private let latency: Int
    private let step: Int
    /// Silence before the stream, so that the first window ends after the latency and not after a whole window.
    private let lead: Int

    /// Audio from ``bufferStart`` on, counted from the start of the silence.
    private var buffer: [Float]
    private var bufferStart = 0
    private var nextWindowStart = 0
    private var windowCount = 0
    /// Windows that frames to come are still decided with.
    private var recent: [AnalyzedWindow] = []
    /// The first frame that is not decided, counted from the start of the silence.
    private var nextFrame: Int
    private var book: SpeakerBook
    private var history = VoiceHistory()
    private var announced: Set<Int> = []
    private var turns: TurnAssembly
    private var lastDecision = 0
    /// Found out, but not given to the caller yet.
    private var events: [SpeakerEvent] = []
    private var hasEnded = false

    private var segmentation: SegmentationModel { parts.analysis.segmentation }

    /// Windows that are handed over at a time.
    private static let batchCount = 16
    /// Speakers that are followed at most, so that memory has a bound.
    private static let largestSpeakerCount = 64

    init(
        parts: DiarizationParts, options: StreamingDiarizationOptions, latencySampleCount: Int, stepSampleCount: Int,
        acceptance: Float
    ) {
        self.parts = parts
        priority = options.priority
        latency = latencySampleCount
        step = stepSampleCount
        let segmentation = parts.analysis.segmentation
        let shift = segmentation.frameShiftSamples
        lead = (segmentation.windowSampleCount - latencySampleCount) / shift * shift
        nextFrame = lead / shift
        buffer = [Float](repeating: 0, count: lead)
        let maximum = min(Self.largestSpeakerCount, max(1, options.maximumSpeakers ?? Self.largestSpeakerCount))
        let gates = TrackerGates(parts.encoder)
        book = SpeakerBook(gates: gates, maximum: maximum, known: options.knownVoices, acceptance: acceptance)
        reclustering = Reclustering(clustering: parts.clustering, gates: gates, maximum: maximum)
        reconstruction = ActivityReconstruction(segmentation: segmentation)
        turns = TurnAssembly(rules: .tracker, frameSeconds: reconstruction.frameSeconds)
    }

    func push(_ samples: [Float]) async throws -> [SpeakerEvent] {
        guard !hasEnded else { return [] }
        buffer += samples
        let size = segmentation.windowSampleCount
        while nextWindowStart + size <= bufferStart + buffer.count {
            let readyCount = 1 + (bufferStart + buffer.count - size - nextWindowStart) / step
            try await analyze((0..<min(readyCount, Self.batchCount)).map { nextWindowStart + $0 * step })
        }
        // The last window's length is kept: the final window reaches back from the end of the stream.
        let excess = buffer.count - size - step
        if excess > step {
            buffer.removeFirst(excess)
            bufferStart += excess
        }
        return takeEvents()
    }

    func finish() async throws -> [SpeakerEvent] {
        guard !hasEnded else { return [] }
        let end = bufferStart + buffer.count
        let size = segmentation.windowSampleCount
        let covered = windowCount > 0 ? nextWindowStart - step + size : 0
        if end > max(covered, lead) { try await analyze([max(0, end - size)]) }
        if windowCount > 0 { try await decideAgain() }
        let shift = segmentation.frameShiftSamples
        decide(upTo: (end + shift - 1) / shift)
        events += turns.finish().map { .turn($0) }
        events.append(.ended(Double(end - lead) / Double(PCM.sampleRateHz)))
        hasEnded = true
        buffer = []
        recent = []
        return takeEvents()
    }

    private func takeEvents() -> [SpeakerEvent] {
        defer { events = [] }
        return events
    }

    // MARK: - Windows

    /// Nothing changes when the analysis fails, so that the caller may try again.
    private func analyze(_ starts: [Int]) async throws {
        let size = segmentation.windowSampleCount
        let places = starts.enumerated().map { offset, start in
            let lower = start - bufferStart
            var samples = Array(buffer[lower..<min(lower + size, buffer.count)])
            samples += [Float](repeating: 0, count: size - samples.count)
            return WindowPlace(number: windowCount + offset, startSample: start, samples: samples)
        }
        for window in try await parts.analysis.analyze(places, request: request, priority: priority) {
            nextWindowStart = window.startSample + step
            try await take(window)
        }
    }

    private func take(_ window: AnalyzedWindow) async throws {
        let ids = book.identify(window.speakers, continuity: continuity(of: window))
        history.add(VoiceHistory.Window(number: windowCount, voices: window.speakers, ids: ids))
        recent.append(window)
        windowCount += 1
        let shift = segmentation.frameShiftSamples
        let end = window.startSample + segmentation.windowSampleCount
        decide(upTo: (end - latency + step) / shift)
        if windowCount >= lastDecision + Self.decisionInterval(after: lastDecision) { try await decideAgain() }
    }

    /// How much of each voice earlier windows gave to each speaker.
    private func continuity(of window: AnalyzedWindow) -> [[Int: Float]] {
        let count = segmentation.localSpeakerCount
        let shift = segmentation.frameShiftSamples
        guard let earlier = recent.last, let ids = history.windows.last?.ids else {
            return window.speakers.map { _ in [:] }
        }
        let offset = (window.startSample - earlier.startSample) / shift
        let shared = max(0, segmentation.frameCount - offset)
        return window.speakers.map { voice in
            var total: Float = 0
            var common = [Float](repeating: 0, count: earlier.speakers.count)
            for frame in 0..<shared {
                let now = window.posteriors[frame * count + voice.index]
                total += Float(now)
                for (index, other) in earlier.speakers.enumerated() {
                    common[index] += Float(min(now, earlier.posteriors[(frame + offset) * count + other.index]))
                }
            }
            guard total > 0 else { return [:] }
            return Dictionary(zip(ids, common.map { $0 / total }), uniquingKeysWith: max)
        }
    }

    // MARK: - Frames

    /// Decides about frames that no window to come is waited for.
    private func decide(upTo end: Int) {
        guard end > nextFrame else { return }
        let frames = nextFrame..<end
        let ids = book.entries.keys.sorted()
        let place = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
        let numbered = Array(zip(recent, history.windows.suffix(recent.count)))
        let windows = numbered.map { window, voices in
            let people = zip(window.speakers, voices.ids).map { ($0.index, place[$1] ?? 0) }
            return (window: window, people: Dictionary(uniqueKeysWithValues: people))
        }
        let posteriors = reconstruction.posteriors(windows, personCount: ids.count, frames: frames)
        let claims = numbered.flatMap { window, voices in shares(of: window, voices, on: frames) }
        history.add(VoiceHistory.Region(frames: frames, claims: claims))
        tell(
            SpeakerFrames(
                startSeconds: seconds(frames.lowerBound), frameSeconds: reconstruction.frameSeconds,
                frameCount: frames.count, activity: Dictionary(uniqueKeysWithValues: zip(ids, posteriors))))
        nextFrame = end
        let shift = segmentation.frameShiftSamples
        recent.removeAll { ($0.startSample + segmentation.windowSampleCount) / shift <= nextFrame }
    }

    /// How much of some frames each voice of a window has.
    private func shares(
        of window: AnalyzedWindow, _ voices: VoiceHistory.Window, on frames: Range<Int>
    ) -> [VoiceHistory.Claim] {
        let count = segmentation.localSpeakerCount
        let first = frames.lowerBound - window.startSample / segmentation.frameShiftSamples
        let shared = max(0, first)..<max(0, first, min(segmentation.frameCount, first + frames.count))
        return window.speakers.indices.compactMap { index in
            let mass = shared.reduce(Float(0)) {
                $0 + Float(window.posteriors[$1 * count + window.speakers[index].index]) / 255
            }
            guard mass > 0 else { return nil }
            return VoiceHistory.Claim(window: voices.number, voice: index, mass: mass, told: voices.ids[index])
        }
    }

    private func tell(_ frames: SpeakerFrames) {
        var frames = frames
        let renamed = book.name()
        let heard = frames.activity.filter { $0.value.contains { $0 >= TurnRules.tracker.offset } }
        for id in heard.keys.sorted() where !announced.contains(id) { announce(id) }
        frames.activity = frames.activity.filter { id, posteriors in
            announced.contains(id) && posteriors.contains { $0 > 0 }
        }
        events += renamed.filter { announced.contains($0.id) }.map { .speaker($0) }
        events.append(.frames(frames))
        events += turns.append(frames).map { .turn($0) }
    }

    private func announce(_ id: Int) {
        announced.insert(id)
        events.append(.speaker(StreamSpeaker(id: id, name: book.entries[id]?.name)))
    }

    private func seconds(_ frame: Int) -> Double {
        Double(frame - lead / segmentation.frameShiftSamples) * reconstruction.frameSeconds
    }

    // MARK: - Deciding again

    /// Windows from one decision to the next: often while little is known.
    private static func decisionInterval(after windowCount: Int) -> Int { min(24, max(8, windowCount / 4)) }

    private func decideAgain() async throws {
        let voices = history.representatives
        let outcome = try await withCancellationFlag { [parts, reclustering] flag in
            try await parts.lane.run { try reclustering.decide(voices, cancellation: flag) }
        }
        lastDecision = windowCount
        guard let outcome else { return }
        let ids = book.replace(with: outcome.people)
        let corrections = history.relabel(outcome.assignment.map { ids[$0] })
        var revisions = corrections.map { correction in
            SpeakerRevision(
                speaker: correction.from,
                span: TimeSpan(
                    startSeconds: seconds(correction.frames.lowerBound),
                    endSeconds: seconds(correction.frames.upperBound)), replacement: correction.to)
        }
        let gone = outcome.merged.sorted { $0.key < $1.key }.map { (id: $0.key, into: ids[$0.value]) }
        for merge in gone {
            history.merge(merge.id, into: merge.into)
            revisions.append(SpeakerRevision(speaker: merge.id, span: nil, replacement: merge.into))
        }
        tell(revisions.filter { announced.contains($0.speaker) })
        for merge in gone {
            turns.remove(merge.id)
            announced.remove(merge.id)
        }
    }

    private func tell(_ revisions: [SpeakerRevision]) {
        let renamed = book.name().filter { announced.contains($0.id) }
        if !revisions.isEmpty {
            events += turns.cut(Set(revisions.map(\.speaker))).map { .turn($0) }
            for id in Set(revisions.map(\.replacement)).sorted() where !announced.contains(id) { announce(id) }
            events.append(.revised(revisions))
        }
        events += renamed.map { .speaker($0) }
    }
}
