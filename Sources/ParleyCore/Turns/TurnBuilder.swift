/// How turns are made of posteriors.
public struct TurnOptions: Sendable, Hashable {
    /// Posterior, 0...1, at which a turn begins.
    public var onset: Float = 0.5
    /// Posterior, 0...1, below which it ends; at most the onset.
    public var offset: Float = 0.4
    /// Pauses of one person up to this, in seconds, are part of the turn.
    public var longestPauseSeconds = 0.3
    /// Shorter turns, in seconds, are dropped.
    public var shortestTurnSeconds = 0.1
    /// In overlaps the speaker who is shown alone does not change for less than this, in seconds.
    public var shortestExclusiveSeconds = 0.3

    /// The defaults.
    public init() {}
}

/// Makes turns of the posteriors of people in frames.
public struct TurnBuilder: Sendable {
    private let options: TurnOptions
    private let frameSeconds: Double

    /// - Parameters:
    ///   - options: How turns are made.
    ///   - frameSeconds: Seconds from one frame to the next.
    public init(options: TurnOptions, frameSeconds: Double) {
        self.options = options
        self.frameSeconds = frameSeconds
    }

    /// The stretches in which one person talks, by hysteresis.
    public func stretches(_ posteriors: [Float]) -> [Range<Int>] {
        let longestPause = Int((options.longestPauseSeconds / frameSeconds).rounded())
        let shortestTurn = options.shortestTurnSeconds / frameSeconds
        let offset = min(options.offset, options.onset)
        var stretches: [Range<Int>] = []
        var start: Int?
        func close(_ end: Int) {
            guard let begin = start else { return }
            start = nil
            if let last = stretches.last, begin - last.upperBound < longestPause {
                stretches[stretches.count - 1] = last.lowerBound..<end
            } else {
                stretches.append(begin..<end)
            }
        }
        for (frame, posterior) in posteriors.enumerated() {
            if start == nil, posterior >= options.onset {
                start = frame
            } else if posterior < offset {
                close(frame)
            }
        }
        close(posteriors.count)
        return stretches.filter { Double($0.count) >= shortestTurn }
    }

    /// Who spoke when.
    /// - Parameters:
    ///   - speakers: A name for each row.
    ///   - stretches: Where each speaker talks, from ``stretches(_:)``.
    ///   - posteriors: `[speaker][frame]`.
    ///   - startSeconds: Where the first frame lies.
    ///   - endSeconds: No turn lasts longer.
    public func activity(
        speakers: [String], stretches: [[Range<Int>]], posteriors: [[Float]], startSeconds: Double, endSeconds: Double
    ) -> SpeakerActivity {
        let crowd = Crowd(stretches, frameCount: posteriors.first?.count ?? 0)
        func turn(_ speaker: Int, _ frames: Range<Int>) -> SpeakerTurn {
            func seconds(_ frame: Int) -> Double {
                min(max(startSeconds, endSeconds), startSeconds + Double(frame) * frameSeconds)
            }
            let sum = frames.reduce(0.0) { $0 + Double(posteriors[speaker][$1]) }
            return SpeakerTurn(
                span: TimeSpan(startSeconds: seconds(frames.lowerBound), endSeconds: seconds(frames.upperBound)),
                speaker: speakers[speaker], confidence: min(1, sum / Double(max(1, frames.count))),
                overlapSeconds: Double(crowd.overlappedCount(in: frames)) * frameSeconds)
        }
        let exclusive = ExclusiveView(
            posteriors: posteriors, changeCost: Float(options.shortestExclusiveSeconds / frameSeconds / 2))
        return SpeakerActivity(
            speakers: speakers,
            turns: stretches.indices.flatMap { speaker in stretches[speaker].map { turn(speaker, $0) } }
                .sorted { ($0.span.startSeconds, $0.speaker) < ($1.span.startSeconds, $1.speaker) },
            exclusiveTurns: exclusive.runs(crowd.sections(stretches)).map { turn($0.speaker, $0.frames) },
            startSeconds: startSeconds, frameSeconds: frameSeconds, activity: posteriors)
    }
}

/// How many people talk in each frame.
private struct Crowd {
    private let counts: [UInt8]

    init(_ stretches: [[Range<Int>]], frameCount: Int) {
        var counts = [UInt8](repeating: 0, count: frameCount)
        for frames in stretches.joined() {
            for frame in frames where counts[frame] < .max { counts[frame] += 1 }
        }
        self.counts = counts
    }

    func overlappedCount(in frames: Range<Int>) -> Int { frames.count { counts[$0] > 1 } }

    /// Sections in which the same people talk, in order; silence is left out.
    func sections(_ stretches: [[Range<Int>]]) -> [ExclusiveView.Section] {
        let edges = stretches.indices.flatMap { speaker in
            stretches[speaker].flatMap {
                [(frame: $0.lowerBound, speaker: speaker, begins: true), ($0.upperBound, speaker, false)]
            }
        }.sorted { $0.frame < $1.frame }
        var sections: [ExclusiveView.Section] = []
        var talking: Set<Int> = []
        var start = 0
        for edge in edges {
            if edge.frame > start, !talking.isEmpty {
                sections.append(ExclusiveView.Section(frames: start..<edge.frame, speakers: talking.sorted()))
            }
            start = edge.frame
            if edge.begins { talking.insert(edge.speaker) } else { talking.remove(edge.speaker) }
        }
        return sections
    }
}
