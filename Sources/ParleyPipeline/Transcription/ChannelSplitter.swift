import ParleyCore

/// Reads the channels of a recording side by side: decoding, removal of crosstalk and speech detection.
///
/// Blocking; one caller at a time.
final class ChannelSplitter: @unchecked Sendable {  // invariant: only the reading task of one run calls it, in turn
    /// What one step brought, one element for each channel.
    struct Step: Sendable {
        /// The audio; what is only an echo of another channel is silenced.
        let samples: [[Float]]
        /// Speech probabilities of the frames that the samples complete.
        let probabilities: [[Float]]
        /// Whether this was the last step.
        let isLast: Bool
    }

    /// What the header said.
    let info: AudioInfo
    private let reader: any ChannelReader
    private let detections: [any SpeechDetectionSession]
    private var gate: CrosstalkGate
    /// Samples of each channel that do not fill a frame of the gate yet.
    private var rest: [[Float]]

    /// Opens the recording.
    /// - Throws: ``AudioError`` or ``InferenceError``.
    init(_ input: AudioInput, track: Int?, decoder: any AudioDecoder, detector: any SpeechDetector) throws {
        let reader = try decoder.openChannels(input, track: track)
        let channels = 0..<reader.info.sourceChannelCount
        self.reader = reader
        info = reader.info
        detections = try channels.map { _ in try detector.makeSession() }
        gate = CrosstalkGate(channelCount: channels.count)
        rest = channels.map { _ in [] }
    }

    /// Channels of the recording.
    var channelCount: Int { detections.count }
    /// Samples that one probability stands for.
    var frameSampleCount: Int { detections.first?.frameSampleCount ?? 1 }

    /// Decodes and examines the next seconds.
    /// - Parameter sampleCount: Samples of each channel, about.
    /// - Throws: ``AudioError``, ``InferenceError`` or `CancellationError`.
    func step(sampleCount: Int, cancellation: CancellationFlag) throws -> Step {
        var isLast = false
        while (rest.first?.count ?? 0) < sampleCount {
            try cancellation.check()
            guard let chunk = try reader.next() else {
                isLast = true
                break
            }
            for (channel, samples) in chunk.enumerated() where rest.indices.contains(channel) {
                rest[channel] += samples
            }
        }
        let available = rest.first?.count ?? 0
        let count = isLast ? available : available - available % CrosstalkGate.frameSampleCount
        let samples = gate.cleaned(rest.map { Array($0.prefix(count)) })
        rest = rest.map { Array($0.dropFirst(count)) }
        var probabilities = try zip(detections, samples).map { try $0.push($1, cancellation: cancellation) }
        if isLast {
            for channel in detections.indices {
                probabilities[channel] += try detections[channel].finish(cancellation: cancellation)
            }
        }
        return Step(samples: samples, probabilities: probabilities, isLast: isLast)
    }
}
