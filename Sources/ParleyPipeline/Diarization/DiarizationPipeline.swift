public import ParleyCore

/// Tells who spoke when in recordings, without recognising words: decoding and diarization, side by side.
public struct DiarizationPipeline: Sendable {
    private let decoder: any AudioDecoder
    private let detector: any SpeechDetector
    private let diarizer: any Diarizer
    private let readerLane: BlockingLane

    /// Seconds that are handed over at a time: enough windows for several batches.
    private static let stepSeconds = 30
    /// Steps that may wait for the diarizer.
    private static let waitingSteps = 1
    /// Shorter recordings are refused, in seconds.
    private static let minimumSeconds = 0.1

    /// - Parameters:
    ///   - decoder: Opens recordings.
    ///   - detector: Finds speech in channels that are apart.
    ///   - diarizer: Tells speakers apart.
    ///   - readerThreadCount: Recordings that are decoded at the same time.
    public init(
        decoder: any AudioDecoder, detector: any SpeechDetector, diarizer: any Diarizer, readerThreadCount: Int
    ) {
        self.decoder = decoder
        self.detector = detector
        self.diarizer = diarizer
        readerLane = BlockingLane(name: "reader", threadCount: readerThreadCount)
    }

    /// Tells who spoke when.
    ///
    /// Memory grows with what the diarizer keeps, not with the audio. Cancelling the task stops all its work.
    /// - Parameters:
    ///   - input: The recording.
    ///   - track: Zero-based audio track; nil takes the first.
    ///   - options: How speakers are told apart.
    ///   - report: Told how far the work is.
    /// - Throws: ``AudioError``, ``DiarizationError``, ``InferenceError`` or `CancellationError`.
    public func diarize(
        _ input: AudioInput, track: Int? = nil, options: DiarizationOptions,
        report: @escaping @Sendable (TranscriptionProgress) -> Void = { _ in }
    ) async throws -> Diarization {
        let reader = try await readerLane.run { [decoder] in try decoder.open(input, track: track) }
        let session = try await diarizer.makeSession(options)
        let audio = BoundedChannel<AudioWindow>(capacity: Self.waitingSteps)
        let claimed = reader.info.claimedDurationSeconds
        let seconds = try await withThrowingTaskGroup(of: Double.self) { group in
            group.addTask { try await read(reader, into: audio) }
            group.addTask {
                var done = 0.0
                while let step = await audio.next() {
                    try await session.push(step)
                    done = step.span.endSeconds
                    report(
                        TranscriptionProgress(
                            stage: .diarizing, processedSeconds: done, totalSeconds: claimed.map { max($0, done) }))
                }
                return done
            }
            var longest = 0.0
            // Not waitForAll: that would let the others go on after a failure.
            for try await seconds in group { longest = max(longest, seconds) }
            return longest
        }
        try Task.checkCancellation()
        report(TranscriptionProgress(stage: .clustering, processedSeconds: seconds, totalSeconds: seconds))
        let activity = try await session.finish()
        return Diarization(activity, durationSeconds: seconds)
    }

    /// Tells who spoke when where each channel is one speaker: by speech detection alone.
    /// - Parameters:
    ///   - input: The recording.
    ///   - track: Zero-based audio track; nil takes the first.
    ///   - names: Names for the channels in their order; further channels are called by letters.
    ///   - detection: How speech is found.
    ///   - report: Told how far the work is.
    /// - Throws: ``AudioError``, ``InferenceError`` or `CancellationError`.
    public func diarizeChannels(
        _ input: AudioInput, track: Int? = nil, names: [String] = [], detection: SpeechDetectionOptions,
        report: @escaping @Sendable (TranscriptionProgress) -> Void = { _ in }
    ) async throws -> Diarization {
        let splitter = try await readerLane.run { [decoder, detector] in
            try ChannelSplitter(input, track: track, decoder: decoder, detector: detector)
        }
        let found = ChannelActivity(
            names: ChannelMode.speakers(names, count: splitter.channelCount), detection: detection,
            frameSampleCount: splitter.frameSampleCount)
        var seconds = 0.0
        var isLast = false
        while !isLast {
            let step = try await withCancellationFlag { flag in
                try await readerLane.run {
                    try splitter.step(sampleCount: Self.stepSeconds * PCM.sampleRateHz, cancellation: flag)
                }
            }
            isLast = step.isLast
            seconds += PCM.seconds(sampleCount: step.samples.first?.count ?? 0)
            await found.add(step.probabilities)
            let total = splitter.info.claimedDurationSeconds.map { max($0, seconds) }
            report(TranscriptionProgress(stage: .diarizing, processedSeconds: seconds, totalSeconds: total))
        }
        guard seconds >= Self.minimumSeconds else { throw AudioError.tooShort(seconds, minimum: Self.minimumSeconds) }
        return Diarization(await found.activity(durationSeconds: seconds), durationSeconds: seconds)
    }

    /// Decodes the recording to its end.
    /// - Returns: Its length in seconds.
    private func read(_ reader: any AudioReader, into audio: BoundedChannel<AudioWindow>) async throws -> Double {
        defer { audio.finish() }
        var position = 0
        while true {
            let samples = try await withCancellationFlag { flag in
                try await readerLane.run { try Self.samples(of: reader, cancellation: flag) }
            }
            guard !samples.isEmpty else { break }
            try await audio.send(AudioWindow(startSample: position, samples: samples))
            position += samples.count
        }
        let seconds = PCM.seconds(sampleCount: position)
        guard seconds >= Self.minimumSeconds else { throw AudioError.tooShort(seconds, minimum: Self.minimumSeconds) }
        return seconds
    }

    /// The next step; empty at the end.
    private static func samples(of reader: any AudioReader, cancellation: CancellationFlag) throws -> [Float] {
        var samples: [Float] = []
        while samples.count < stepSeconds * PCM.sampleRateHz {
            try cancellation.check()
            guard let chunk = try reader.next() else { break }
            samples += chunk
        }
        return samples
    }
}
