import ParleyCore

/// Puts the overlapping windows together again: from local posteriors and the person behind each local speaker to one
/// posterior per person and frame, and to turns.
struct ActivityReconstruction: Sendable {
    /// Posterior at which a turn begins.
    var onset: Float = 0.5
    /// Posterior below which it ends.
    var offset: Float = 0.4
    /// Pauses of one person up to this are part of the turn.
    var longestPauseSeconds = 0.3
    /// Shorter turns are dropped.
    var shortestTurnSeconds = 0.1

    let segmentation: SegmentationModel

    /// Seconds from one frame to the next.
    var frameSeconds: Double { Double(segmentation.frameShiftSamples) / Double(PCM.sampleRateHz) }

    /// Mean posterior of each person in each frame.
    /// - Parameters:
    ///   - windows: In any order, each with the person behind each of its local speakers; the others are left out.
    ///   - frames: The frames of the recording that are wanted.
    /// - Returns: `[person][frame]`, beginning with the first frame wanted.
    func posteriors(
        _ windows: [(window: AnalyzedWindow, people: [Int: Int])], personCount: Int, frames: Range<Int>
    ) -> [[Float]] {
        let shift = segmentation.frameShiftSamples
        let frameCount = frames.count
        var sums = [[Float]](repeating: [Float](repeating: 0, count: frameCount), count: personCount)
        var counts = [Float](repeating: 0, count: frameCount)
        // A network's frame speaks of the middle of what it sees.
        let delay = (segmentation.frameSizeSamples - shift) / 2
        for (window, personOf) in windows {
            let first = (window.startSample + delay + shift / 2) / shift - frames.lowerBound
            let localCount = segmentation.localSpeakerCount
            guard first < frameCount, first + segmentation.frameCount > 0 else { continue }
            let people = (0..<localCount).map { personOf[$0] }
            let relevant = Set(people.compactMap { $0 })
            for frame in max(0, -first)..<min(segmentation.frameCount, frameCount - first) {
                counts[first + frame] += 1
                for candidate in relevant {
                    let loudest =
                        (0..<localCount).filter { people[$0] == candidate }
                        .map { window.posteriors[frame * localCount + $0] }.max() ?? 0
                    sums[candidate][first + frame] += Float(loudest) / 255
                }
            }
        }
        for person in sums.indices {
            for frame in 0..<frameCount where counts[frame] > 1 { sums[person][frame] /= counts[frame] }
        }
        return sums
    }

    /// The turns of one person.
    /// - Parameter startSeconds: Where the first frame lies.
    func turns(_ posteriors: [Float], startSeconds: Double) -> [TimeSpan] {
        var spans: [TimeSpan] = []
        var start: Int?
        func close(_ end: Int) {
            guard let begin = start else { return }
            let span = TimeSpan(
                startSeconds: startSeconds + Double(begin) * frameSeconds,
                endSeconds: startSeconds + Double(end) * frameSeconds)
            if let last = spans.last, span.startSeconds - last.endSeconds < longestPauseSeconds {
                spans[spans.count - 1].endSeconds = span.endSeconds
            } else {
                spans.append(span)
            }
            start = nil
        }
        for (frame, posterior) in posteriors.enumerated() {
            if start == nil, posterior >= onset {
                start = frame
            } else if posterior < offset {
                close(frame)
            }
        }
        close(posteriors.count)
        return spans.filter { $0.durationSeconds >= shortestTurnSeconds }
    }
}
