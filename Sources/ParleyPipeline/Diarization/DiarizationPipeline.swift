public import ParleyCore

/// Tells who spoke when in recordings, without recognising words: decoding and diarization, side by side.
public struct DiarizationPipeline: Sendable {
    private let decoder: any AudioDecoder
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
    ///   - diarizer: Tells speakers apart.
    ///   - readerThreadCount: Recordings that are decoded at the same time.
    public init(decoder: any AudioDecoder, diarizer: any Diarizer, readerThreadCount: Int) {
        self.decoder = decoder
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
        return Diarization(
            durationSeconds: seconds, speakers: activity.speakers, turns: activity.turns,
            exclusiveTurns: activity.exclusiveTurns)
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
