import ParleyCore

/// Reads a recording front to back: decoding, speech detection and cutting, a few seconds at a step.
///
/// Blocking; one caller at a time.
final class RecordingReader: @unchecked Sendable {  // invariant: only the reading task of one run calls it, in turn
    /// What one step brought.
    struct Step: Sendable {
        /// Samples of each channel.
        let sampleCount: Int
        /// The decoded audio, mono; nil where the channels are apart.
        let audio: AudioWindow?
        /// Windows of speech that are complete, in order of time.
        let windows: [SpeechWindow]
        /// Speech probabilities by channel where the channels are apart.
        let probabilities: [[Float]]
        /// Whether this was the last step.
        let isLast: Bool
    }

    /// Where the audio comes from.
    private enum Source {
        case mono(any AudioReader, any SpeechDetectionSession)
        case channels(ChannelSplitter)
    }

    /// Samples per step.
    static let stepSampleCount = 10 * PCM.sampleRateHz

    private let source: Source
    /// One for each channel.
    private var windowers: [SpeechWindower]
    private var position = 0

    /// What the header said.
    let info: AudioInfo
    /// Samples that one probability stands for.
    let frameSampleCount: Int
    /// Who speaks in each channel; nil where they are mixed.
    let speakers: [String]?

    /// Opens the recording.
    /// - Throws: ``AudioError`` or ``InferenceError``.
    init(
        _ input: AudioInput, options: TranscriptionOptions, parts: PipelineParts, descriptor: ModelDescriptor
    ) throws {
        switch options.channels {
        case .mix:
            let reader = try parts.decoder.open(input, track: options.track)
            let detection = try parts.detector.makeSession()
            source = .mono(reader, detection)
            (info, frameSampleCount, speakers) = (reader.info, detection.frameSampleCount, nil)
        case .split(let names):
            let splitter = try ChannelSplitter(
                input, track: options.track, decoder: parts.decoder, detector: parts.detector)
            source = .channels(splitter)
            (info, frameSampleCount) = (splitter.info, splitter.frameSampleCount)
            guard names.count <= splitter.channelCount else {
                throw AudioError(
                    .tooFewChannels,
                    "The recording has \(splitter.channelCount) channels, but \(names.count) names are given for them.")
            }
            speakers = ChannelMode.speakers(names, count: splitter.channelCount)
        }
        let windower = SpeechWindower(
            options: options.speechDetection, frameSampleCount: frameSampleCount,
            preferred: descriptor.preferredWindow, maximum: descriptor.maximumWindow,
            longestPause: descriptor.longestPause)
        windowers = Array(repeating: windower, count: speakers?.count ?? 1)
    }

    /// Decodes and examines the next seconds.
    /// - Throws: ``AudioError``, ``InferenceError`` or `CancellationError`.
    func step(cancellation: CancellationFlag) throws -> Step {
        switch source {
        case .mono(let reader, let detection):
            return try step(reader, detection, cancellation: cancellation)
        case .channels(let splitter):
            let step = try splitter.step(sampleCount: Self.stepSampleCount, cancellation: cancellation)
            return finished(
                samples: step.samples, probabilities: step.probabilities, audio: nil, isLast: step.isLast)
        }
    }

    private func step(
        _ reader: any AudioReader, _ detection: any SpeechDetectionSession, cancellation: CancellationFlag
    ) throws -> Step {
        var samples: [Float] = []
        var isLast = false
        while samples.count < Self.stepSampleCount {
            try cancellation.check()
            guard let chunk = try reader.next() else {
                isLast = true
                break
            }
            samples += chunk
        }
        var probabilities = try detection.push(samples, cancellation: cancellation)
        if isLast { probabilities += try detection.finish(cancellation: cancellation) }
        return finished(
            samples: [samples], probabilities: [probabilities],
            audio: AudioWindow(startSample: position, samples: samples), isLast: isLast)
    }

    /// Cuts what was read into windows.
    private func finished(
        samples: [[Float]], probabilities: [[Float]], audio: AudioWindow?, isLast: Bool
    ) -> Step {
        var windows: [SpeechWindow] = []
        for channel in windowers.indices {
            var found = windowers[channel].push(samples: samples[channel], probabilities: probabilities[channel])
            if isLast { found += windowers[channel].finish() }
            windows += found.map { SpeechWindow(audio: $0.audio, speechSeconds: $0.speechSeconds, channel: channel) }
        }
        if windowers.count > 1 {
            windows.sort { ($0.audio.startSample, $0.channel) < ($1.audio.startSample, $1.channel) }
        }
        let count = samples.first?.count ?? 0
        position += count
        return Step(
            sampleCount: count, audio: audio, windows: windows, probabilities: audio == nil ? probabilities : [],
            isLast: isLast)
    }
}
