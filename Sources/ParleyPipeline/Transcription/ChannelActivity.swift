import ParleyCore

/// Who spoke when, where each channel is one speaker: the speech probabilities of the channels, and turns made of them.
actor ChannelActivity {
    private let names: [String]
    private let builder: TurnBuilder
    private let frameSeconds: Double
    private var probabilities: [[Float]]

    /// - Parameters:
    ///   - names: A speaker for each channel.
    ///   - detection: Thresholds and least durations of speech and silence.
    ///   - frameSampleCount: Samples that one probability stands for.
    init(names: [String], detection: SpeechDetectionOptions, frameSampleCount: Int) {
        self.names = names
        frameSeconds = PCM.seconds(sampleCount: frameSampleCount)
        var options = TurnOptions()
        options.onset = Float(detection.onset)
        options.offset = Float(detection.offset)
        options.shortestTurnSeconds = detection.minimumSpeech / .seconds(1)
        options.longestPauseSeconds = max(options.longestPauseSeconds, detection.minimumSilence / .seconds(1))
        builder = TurnBuilder(options: options, frameSeconds: frameSeconds)
        probabilities = names.map { _ in [] }
    }

    /// Takes the next probabilities, by channel.
    func add(_ new: [[Float]]) {
        for (channel, values) in new.enumerated() where probabilities.indices.contains(channel) {
            probabilities[channel] += values
        }
    }

    /// The whole recording; channels in which nobody spoke have no name in it.
    /// - Parameter durationSeconds: Length of the recording.
    func activity(durationSeconds: Double) -> SpeakerActivity {
        let stretches = probabilities.map(builder.stretches)
        let used = names.indices.filter { !stretches[$0].isEmpty }
            .sorted { (stretches[$0][0].lowerBound, $0) < (stretches[$1][0].lowerBound, $1) }
        return builder.activity(
            speakers: used.map { names[$0] }, stretches: used.map { stretches[$0] },
            posteriors: used.map { probabilities[$0] }, startSeconds: 0, endSeconds: durationSeconds)
    }
}
