import Foundation
public import ParleyCore

/// Takes a recording through the stages one after the other, each alone, and then through the pipeline.
///
/// A stage's processor time is the whole process's while nothing else runs, so measure one recording at a time. Keeps
/// the decoded recording in memory: 4 MB a minute.
public struct StageMeasurement: Sendable {
    private let parts: PipelineParts
    private let lane = BlockingLane(name: "measure")

    /// - Parameter parts: What the stages use.
    public init(parts: PipelineParts) { self.parts = parts }

    /// Measures all stages.
    /// - Parameters:
    ///   - input: The recording.
    ///   - options: As for a transcription; without diarization its stages are left out.
    /// - Returns: A cost for each stage in the order of ``StageCost/Stage``, ``StageCost/Stage/whole`` last.
    /// - Throws: what a transcription throws.
    public func measure(_ input: AudioInput, options: TranscriptionOptions) async throws -> [StageCost] {
        let lease = try await parts.models.lease(options.modelID)
        defer { lease.release() }
        let recognizer = lease.recognizer
        var table = CostTable()
        let steps = try await decode(input, options: options, into: &table)
        let windows = try await detect(steps, options: options, descriptor: recognizer.descriptor, into: &table)
        let hypotheses = try await recognize(windows, with: recognizer, into: &table)
        let activity = try await diarize(steps, options: options, into: &table)
        let sampleCount = table.sampleCount
        try await table.measure(.join) {
            let assembly = TranscriptAssembly(
                claimedSeconds: nil, isDiarizing: activity != nil, emitsEarly: false, emit: { _ in })
            await assembly.hasRead(untilSample: sampleCount, windows: windows)
            for (index, hypothesis) in hypotheses.enumerated() {
                await assembly.add(hypothesis, window: windows[index], index: index)
            }
            _ = await assembly.transcript(recognizer: recognizer.descriptor, options: options, activity: activity)
        }
        let pipeline = TranscriptionPipeline(parts: parts, readerThreadCount: 1)
        try await table.measure(.whole) {
            for try await _ in pipeline.transcribe(input, options: options) {}
            try Task.checkCancellation()
        }
        return table.costs
    }

    /// The recording in steps as long as the pipeline's.
    private func decode(
        _ input: AudioInput, options: TranscriptionOptions, into table: inout CostTable
    ) async throws -> [AudioWindow] {
        let samples = try await table.measure(.decoding) {
            try await withCancellationFlag { flag in
                try await lane.run { [parts] in
                    let reader = try parts.decoder.open(input, track: options.track)
                    var samples: [Float] = []
                    while let chunk = try reader.next() {
                        try flag.check()
                        samples += chunk
                    }
                    return samples
                }
            }
        }
        table.set(sampleCount: samples.count)
        let size = RecordingReader.stepSampleCount
        return stride(from: 0, to: samples.count, by: size).map { start in
            AudioWindow(startSample: start, samples: Array(samples[start..<min(start + size, samples.count)]))
        }
    }

    private func detect(
        _ steps: [AudioWindow], options: TranscriptionOptions, descriptor: ModelDescriptor, into table: inout CostTable
    ) async throws -> [SpeechWindow] {
        try await table.measure(.speechDetection) {
            try await withCancellationFlag { flag in
                try await lane.run { [parts] in
                    let detection = try parts.detector.makeSession()
                    var windower = SpeechWindower(
                        options: options.speechDetection, frameSampleCount: detection.frameSampleCount,
                        preferred: descriptor.preferredWindow, maximum: descriptor.maximumWindow)
                    var windows: [SpeechWindow] = []
                    for step in steps {
                        windows += windower.push(
                            samples: step.samples, probabilities: try detection.push(step.samples, cancellation: flag))
                    }
                    windows += windower.push(samples: [], probabilities: try detection.finish(cancellation: flag))
                    return windows + windower.finish()
                }
            }
        }
    }

    private func recognize(
        _ windows: [SpeechWindow], with recognizer: any SpeechRecognizer, into table: inout CostTable
    ) async throws -> [WindowHypothesis] {
        let seconds = windows.reduce(0) { $0 + $1.audio.span.durationSeconds }
        return try await table.measure(.recognition, audioSeconds: seconds) {
            var hypotheses: [WindowHypothesis] = []
            for window in windows {
                hypotheses.append(try await recognizer.recognize(window.audio, options: RecognitionOptions()))
            }
            return hypotheses
        }
    }

    private func diarize(
        _ steps: [AudioWindow], options: TranscriptionOptions, into table: inout CostTable
    ) async throws -> SpeakerActivity? {
        guard let wanted = options.diarization, let diarizer = parts.diarizer else { return nil }
        let session = try await diarizer.makeSession(wanted)
        try await table.measure(.speakerAnalysis) {
            for step in steps { try await session.push(step) }
        }
        return try await table.measure(.clustering) { try await session.finish() }
    }
}

/// Costs in the order in which they were measured.
private struct CostTable: Sendable {
    private(set) var costs: [StageCost] = []
    /// Length of the recording.
    private(set) var sampleCount = 0

    /// The length is known only after decoding.
    mutating func set(sampleCount: Int) {
        self.sampleCount = sampleCount
        for index in costs.indices { costs[index].audioSeconds = PCM.seconds(sampleCount: sampleCount) }
    }

    /// Runs a stage.
    /// - Parameter audioSeconds: What it is given; nil for the whole recording.
    mutating func measure<Value>(
        _ stage: StageCost.Stage, audioSeconds: Double? = nil, _ body: () async throws -> Value
    ) async throws -> Value {
        let (cpu, wall) = (Self.seconds(CLOCK_PROCESS_CPUTIME_ID), Self.seconds(CLOCK_MONOTONIC))
        let value = try await body()
        costs.append(
            StageCost(
                stage: stage, audioSeconds: audioSeconds ?? PCM.seconds(sampleCount: sampleCount),
                cpuSeconds: Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                wallSeconds: Self.seconds(CLOCK_MONOTONIC) - wall))
        return value
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
