/// One speaker at a time: in every frame one of those who talk, the loudest as far as that does not change too often.
///
/// The path through the overlap with the greatest sum of posteriors, where each change costs something (Viterbi): an
/// alternation shorter than twice the cost in frames can't pay.
struct ExclusiveView: Sendable {
    /// Frames in which the same people talk.
    struct Section: Sendable {
        let frames: Range<Int>
        /// Ascending; at least one.
        let speakers: [Int]
    }

    /// Frames of one speaker.
    struct Run: Sendable, Hashable {
        let speaker: Int
        var frames: Range<Int>
    }

    /// `[speaker][frame]`.
    let posteriors: [[Float]]
    /// What a change of speaker costs, in frames of a posterior of 1.
    let changeCost: Float

    /// - Parameter sections: In order of time, without overlaps.
    func runs(_ sections: [Section]) -> [Run] {
        var runs: [Run] = []
        var chain: [Section] = []
        for section in sections {
            if let last = chain.last, last.frames.upperBound != section.frames.lowerBound {
                runs += path(chain)
                chain = []
            }
            chain.append(section)
        }
        return runs + path(chain)
    }

    /// A stage of the search: frames that have one speaker, and where each candidate comes from.
    private struct Stage {
        let frames: Range<Int>
        let speakers: [Int]
        let origins: [Int]
    }

    /// The best path through sections that follow each other without silence.
    private func path(_ chain: [Section]) -> [Run] {
        var stages: [Stage] = []
        var scores: [Float] = []
        for section in chain {
            // With one speaker there is nothing to decide: the section is one stage.
            let steps = section.speakers.count == 1 ? [section.frames] : section.frames.map { $0..<($0 + 1) }
            for frames in steps {
                let previous = stages.last?.speakers ?? []
                let leader = scores.indices.max { scores[$0] < scores[$1] } ?? 0
                var origins: [Int] = []
                var next: [Float] = []
                for speaker in section.speakers {
                    let own = previous.firstIndex(of: speaker)
                    let changed = previous.isEmpty ? 0 : scores[leader] - changeCost
                    let staysBetter = own.map { scores[$0] >= changed } ?? false
                    origins.append(staysBetter ? own ?? leader : leader)
                    let base = staysBetter ? own.map { scores[$0] } ?? changed : changed
                    next.append(base + (frames.count == 1 ? posteriors[speaker][frames.lowerBound] : 0))
                }
                // Only differences matter; kept small, they keep their precision over hours.
                let best = next.max() ?? 0
                scores = next.map { $0 - best }
                stages.append(Stage(frames: frames, speakers: section.speakers, origins: origins))
            }
        }
        return traced(stages, from: scores.indices.max { scores[$0] < scores[$1] } ?? 0)
    }

    private func traced(_ stages: [Stage], from last: Int) -> [Run] {
        var candidate = last
        var runs: [Run] = []
        for stage in stages.reversed() {
            let speaker = stage.speakers[candidate]
            if let later = runs.last, later.speaker == speaker {
                runs[runs.count - 1].frames = stage.frames.lowerBound..<later.frames.upperBound
            } else {
                runs.append(Run(speaker: speaker, frames: stage.frames))
            }
            candidate = stage.origins[candidate]
        }
        return runs.reversed()
    }
}
