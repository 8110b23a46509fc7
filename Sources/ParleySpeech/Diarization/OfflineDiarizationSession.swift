import ParleyCore

/// The diarization of one recording.
actor OfflineDiarizationSession: DiarizationSession {
    private let parts: DiarizationParts
    private let count: SpeakerCount
    private let priority: WorkPriority
    private let request = RequestID()
    private var naming: SpeakerNaming

    /// Audio from ``bufferStart`` on; at most one window and what came last.
    private var buffer: [Float] = []
    private var bufferStart = 0
    private var nextWindowStart = 0
    private var windows: [AnalyzedWindow] = []
    /// The people of the last decision, and how many windows it knew.
    private var people: [[Float]] = []
    private var decidedWindowCount = 0

    private var segmentation: SegmentationModel { parts.analysis.segmentation }

    /// Windows that are handed over at a time.
    private static let batchCount = 16

    init(parts: DiarizationParts, options: DiarizationOptions, naming: SpeakerNaming) {
        self.parts = parts
        count = options.speakerCount
        priority = options.priority
        self.naming = naming
    }

    func push(_ window: AudioWindow) async throws {
        buffer += window.samples
        let size = segmentation.windowSampleCount
        var batch: [WindowPlace] = []
        while nextWindowStart + size <= bufferStart + buffer.count {
            batch.append(place(from: nextWindowStart, number: windows.count + batch.count))
            nextWindowStart += parts.windowStep
            if batch.count == Self.batchCount {
                try await analyze(batch)
                batch = []
            }
        }
        try await analyze(batch)
        // The last window's length is kept: the final window reaches back from the end of the recording.
        let excess = buffer.count - size - parts.windowStep
        if excess > 0 {
            buffer.removeFirst(excess)
            bufferStart += excess
        }
    }

    func currentActivity(from startSeconds: Double) async throws -> SpeakerActivity {
        // Clustering anew after every window would cost more than the windows; a quarter more of them is worth it.
        if people.isEmpty || windows.count >= decidedWindowCount + decidedWindowCount / 4 + 1 { try await decide() }
        // What the windows to come will judge too is not decided yet.
        let start = PCM.sampleCount(seconds: startSeconds)
        return activity(start..<max(start, windows.count * parts.windowStep))
    }

    func finish() async throws -> SpeakerActivity {
        try await analyzeRest()
        try await decide()
        return activity(0..<(bufferStart + buffer.count))
    }

    /// What the windows of the recording say, all of it.
    ///
    /// Ends the recording.
    func analyzedWindows() async throws -> [AnalyzedWindow] {
        try await analyzeRest()
        return windows
    }

    /// The end of the recording, which no full window has covered.
    private func analyzeRest() async throws {
        let size = segmentation.windowSampleCount
        let end = bufferStart + buffer.count
        let covered = windows.last.map { $0.startSample + size } ?? 0
        guard end > covered else { return }
        let last = place(from: max(0, end - size), number: windows.count)
        nextWindowStart = end
        try await analyze([last])
    }

    /// A window of the buffer, silent where the buffer ends early.
    private func place(from start: Int, number: Int) -> WindowPlace {
        let lower = start - bufferStart
        var samples = Array(buffer[lower..<min(lower + segmentation.windowSampleCount, buffer.count)])
        samples += [Float](repeating: 0, count: segmentation.windowSampleCount - samples.count)
        return WindowPlace(number: number, startSample: start, samples: samples)
    }

    private func analyze(_ batch: [WindowPlace]) async throws {
        guard !batch.isEmpty else { return }
        windows += try await parts.analysis.analyze(batch, request: request, priority: priority)
    }

    /// Clusters all voices; on the lane, because an hour of them takes a second.
    private func decide() async throws {
        let speakers = windows.flatMap(\.speakers)
        decidedWindowCount = windows.count
        people = try await withCancellationFlag { [parts, count] flag in
            try await parts.lane.run {
                try parts.clustering.people(among: speakers, count: count, cancellation: flag)
            }
        }
    }

    /// Turns and posteriors of the people decided on, in order of appearance and with their names.
    private func activity(_ samples: Range<Int>) -> SpeakerActivity {
        guard !people.isEmpty else { return .none }
        let size = segmentation.windowSampleCount
        let concerned = windows.filter { window in
            window.startSample < samples.upperBound && window.startSample + size > samples.lowerBound
        }
        let assigned = concerned.map { window in
            let assignment = WindowAssignment.people(of: window.speakers, among: people)
            return (window, Dictionary(uniqueKeysWithValues: zip(window.speakers.map(\.index), assignment)))
        }
        let reconstruction = ActivityReconstruction(segmentation: segmentation)
        let shift = segmentation.frameShiftSamples
        let frames = (samples.lowerBound / shift)..<((samples.upperBound + shift - 1) / shift)
        let startSeconds = Double(frames.lowerBound) * reconstruction.frameSeconds
        let posteriors = reconstruction.posteriors(assigned, personCount: people.count, frames: frames)
        let builder = TurnBuilder(options: parts.turns, frameSeconds: reconstruction.frameSeconds)
        let stretches = posteriors.map(builder.stretches)
        let order = people.indices.filter { !stretches[$0].isEmpty }
            .sorted { (stretches[$0][0].lowerBound, $0) < (stretches[$1][0].lowerBound, $1) }
        let names = naming.names(for: order.map { people[$0] })
        return builder.activity(
            speakers: names, stretches: order.map { stretches[$0] }, posteriors: order.map { posteriors[$0] },
            startSeconds: startSeconds, endSeconds: PCM.seconds(sampleCount: samples.upperBound))
    }
}
