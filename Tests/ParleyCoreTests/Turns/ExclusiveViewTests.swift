import ParleyCore
import Testing

@testable import ParleyCore

@Suite struct ExclusiveViewTests {
    /// The best assignment by trying all: the reference for the search.
    private func bestSum(_ posteriors: [[Float]], allowed: [[Int]], cost: Float) -> Float {
        var best = -Float.infinity
        func visit(_ frame: Int, _ last: Int?, _ sum: Float) {
            guard frame < allowed.count else {
                best = max(best, sum)
                return
            }
            for speaker in allowed[frame] {
                let change = last == nil || last == speaker ? 0 : cost
                // A section of one speaker adds nothing, whoever is chosen elsewhere.
                let gain = allowed[frame].count == 1 ? 0 : posteriors[speaker][frame]
                visit(frame + 1, speaker, sum + gain - change)
            }
        }
        visit(0, nil, 0)
        return best
    }

    @Test(arguments: 0..<40) func findsTheBestPath(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let posteriors = (0..<3).map { _ in (0..<9).map { _ in Float.random(in: 0.4...1, using: &random) } }
        var sections: [ExclusiveView.Section] = []
        var start = 0
        while start < 9 {
            let end = min(9, start + Int.random(in: 1...4, using: &random))
            let speakers = (0..<3).filter { _ in Bool.random(using: &random) }
            sections.append(
                ExclusiveView.Section(frames: start..<end, speakers: speakers.isEmpty ? [seed % 3] : speakers))
            start = end
        }
        let cost: Float = 0.7
        let runs = ExclusiveView(posteriors: posteriors, changeCost: cost).runs(sections)
        let allowed = sections.flatMap { section in section.frames.map { _ in section.speakers } }
        var sum: Float = 0
        for (index, run) in runs.enumerated() {
            if index > 0 { sum -= cost }
            for frame in run.frames {
                #expect(allowed[frame].contains(run.speaker))
                if allowed[frame].count > 1 { sum += posteriors[run.speaker][frame] }
            }
        }
        #expect(runs.first?.frames.lowerBound == 0 && runs.last?.frames.upperBound == 9)
        #expect(abs(sum - bestSum(posteriors, allowed: allowed, cost: cost)) < 1e-4)
    }

    @Test func silenceSeparatesChains() {
        let view = ExclusiveView(posteriors: [[1, 1, 1, 1, 1]], changeCost: 1)
        let runs = view.runs([.init(frames: 0..<2, speakers: [0]), .init(frames: 3..<5, speakers: [0])])
        #expect(runs == [.init(speaker: 0, frames: 0..<2), .init(speaker: 0, frames: 3..<5)])
        #expect(view.runs([]).isEmpty)
    }
}
