import ParleyCore

/// The diarization of one recording.
actor BundledDiarizationSession: DiarizationSession {
    private let analyzer: WindowAnalyzer
    private let clustering: SpeakerClustering
    private let lane: BlockingLane
    private let count: SpeakerCount
    private var naming: SpeakerNaming

    /// Audio from ``bufferStart`` on; at most one window and what came last.
    private var buffer: [Float] = []
    private var bufferStart = 0
    private var nextWindowStart = 0
    private var windows: [AnalyzedWindow] = []
    /// The people of the last decision, and how many windows it knew.
    private var people: [[Float]] = []
    private var decidedWindowCount = 0

    /// A quarter of the bundled network's window: every frame is judged four times.
    private var windowStep: Int { analyzer.segmentation.windowSampleCount / 4 }

    /// Windows in one run of the networks.
    private static let batchCount = 8

    init(
        analyzer: WindowAnalyzer, clustering: SpeakerClustering, lane: BlockingLane, count: SpeakerCount,
        naming: SpeakerNaming
    ) {
        self.analyzer = analyzer
        self.clustering = clustering
        self.lane = lane
        self.count = count
        self.naming = naming
    }

    func push(_ window: AudioWindow) async throws {
        buffer += window.samples
        let size = analyzer.segmentation.windowSampleCount
        var batch: [AudioWindow] = []
        while nextWindowStart + size <= bufferStart + buffer.count {
            batch.append(slice(from: nextWindowStart, count: size))
            nextWindowStart += windowStep
            if batch.count == Self.batchCount {
                try await analyze(batch)
                batch = []
            }
        }
        try await analyze(batch)
        // The last window's length is kept: the final window reaches back from the end of the recording.
        let excess = buffer.count - size - windowStep
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
        return activity(start..<max(start, windows.count * windowStep))
    }

    func finish() async throws -> SpeakerActivity {
        try await analyzeRest()
        try await decide()
        return activity(0..<(bufferStart + buffer.count))
    }

    /// The voice of a recording of one person; nil when nobody speaks.
    ///
    /// Ends the recording.
    func onlyVoice() async throws -> [Float]? {
        try await analyzeRest()
        try await decide()
        return people.first
    }

    /// The end of the recording, which no full window has covered.
    private func analyzeRest() async throws {
        let size = analyzer.segmentation.windowSampleCount
        let end = bufferStart + buffer.count
        let covered = windows.last.map { $0.startSample + size } ?? 0
        guard end > covered else { return }
        var last = slice(from: max(0, end - size), count: size)
        last.samples += [Float](repeating: 0, count: size - last.samples.count)
        nextWindowStart = end
        try await analyze([last])
    }

    private func slice(from start: Int, count: Int) -> AudioWindow {
        let lower = start - bufferStart
        return AudioWindow(startSample: start, samples: Array(buffer[lower..<min(lower + count, buffer.count)]))
    }

    private func analyze(_ batch: [AudioWindow]) async throws {
        guard !batch.isEmpty else { return }
        let firstIndex = windows.count
        let analyzed = try await withCancellationFlag { [analyzer, lane] flag in
            try await lane.run { try analyzer.analyze(batch, firstIndex: firstIndex, cancellation: flag) }
        }
        windows += analyzed
    }

    /// Clusters all voices; on the lane, because an hour of them takes a second.
    private func decide() async throws {
        let speakers = windows.flatMap(\.speakers)
        decidedWindowCount = windows.count
        people = try await lane.run { [clustering, count] in clustering.people(among: speakers, count: count) }
    }

    /// Turns and posteriors of the people decided on, in order of appearance and with their names.
    private func activity(_ samples: Range<Int>) -> SpeakerActivity {
        guard !people.isEmpty else { return .none }
        let size = analyzer.segmentation.windowSampleCount
        let concerned = windows.filter { window in
            window.startSample < samples.upperBound && window.startSample + size > samples.lowerBound
        }
        let assigned = concerned.map { window in
            let assignment = SpeakerClustering.assign(window.speakers, to: people)
            return (window, Dictionary(uniqueKeysWithValues: zip(window.speakers.map(\.index), assignment)))
        }
        let reconstruction = ActivityReconstruction(segmentation: analyzer.segmentation)
        let shift = analyzer.segmentation.frameShiftSamples
        let frames = (samples.lowerBound / shift)..<((samples.upperBound + shift - 1) / shift)
        let startSeconds = Double(frames.lowerBound) * reconstruction.frameSeconds
        let posteriors = reconstruction.posteriors(assigned, personCount: people.count, frames: frames)
        let turns = posteriors.map { reconstruction.turns($0, startSeconds: startSeconds) }
        let order = people.indices.filter { !turns[$0].isEmpty }
            .sorted { (turns[$0][0].startSeconds, $0) < (turns[$1][0].startSeconds, $1) }
        let names = naming.names(for: order.map { people[$0] })
        return SpeakerActivity(
            speakers: names,
            turns: zip(order, names).flatMap { person, name in
                turns[person].map { SpeakerTurn(span: $0, speaker: name) }
            }
            .sorted { ($0.span.startSeconds, $0.speaker) < ($1.span.startSeconds, $1.speaker) },
            startSeconds: startSeconds, frameSeconds: reconstruction.frameSeconds,
            activity: order.map { posteriors[$0] })
    }
}
