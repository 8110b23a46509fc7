import ParleyCore

/// Makes turns of all speakers of a stream out of frames as they come.
struct TurnAssembly: Sendable {
    private let rules: TurnRules
    private let frameSeconds: Double
    private var builders: [Int: StreamingTurnBuilder] = [:]
    private var frameCount = 0

    init(rules: TurnRules, frameSeconds: Double) {
        self.rules = rules
        self.frameSeconds = frameSeconds
    }

    /// Takes the next frames.
    /// - Returns: The turns that are over, in order of their ends.
    mutating func append(_ frames: SpeakerFrames) -> [StreamTurn] {
        for speaker in frames.activity.keys where builders[speaker] == nil {
            builders[speaker] = StreamingTurnBuilder(
                speaker: speaker, rules: rules, frameSeconds: frameSeconds, firstFrame: frameCount)
        }
        frameCount += frames.frameCount
        return turns { speaker, builder in
            if let posteriors = frames.activity[speaker] { return builder.append(posteriors) }
            return builder.append(repeatElement(0, count: frames.frameCount))
        }
    }

    /// Gives what there is of turns that go on, before the labels of some speakers are corrected.
    mutating func cut(_ speakers: Set<Int>) -> [StreamTurn] {
        turns { speaker, builder in speakers.contains(speaker) ? builder.cut() : [] }
    }

    /// A speaker that has turned out to be another has no turns any more.
    mutating func remove(_ speaker: Int) { builders[speaker] = nil }

    /// The stream has ended.
    mutating func finish() -> [StreamTurn] { turns { $1.finish() } }

    private mutating func turns(_ step: (Int, inout StreamingTurnBuilder) -> [StreamTurn]) -> [StreamTurn] {
        var turns: [StreamTurn] = []
        for speaker in builders.keys.sorted() {
            guard var builder = builders[speaker] else { continue }
            turns += step(speaker, &builder)
            builders[speaker] = builder
        }
        return turns.sorted { ($0.span.endSeconds, $0.speaker) < ($1.span.endSeconds, $1.speaker) }
    }
}
