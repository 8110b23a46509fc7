import ParleyCore

/// Puts the overlapping windows together again: from local posteriors and the person behind each local speaker to one
/// posterior per person and frame.
struct ActivityReconstruction: Sendable {
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
        let localCount = segmentation.localSpeakerCount
        var sums = [[Float]](repeating: [Float](repeating: 0, count: frameCount), count: personCount)
        var counts = [UInt16](repeating: 0, count: frameCount)
        // A network's frame speaks of the middle of what it sees.
        let delay = (segmentation.frameSizeSamples - shift) / 2
        for (window, personOf) in windows {
            let first = (window.startSample + delay + shift / 2) / shift - frames.lowerBound
            let covered = max(0, -first)..<max(max(0, -first), min(segmentation.frameCount, frameCount - first))
            for frame in covered { counts[first + frame] += 1 }
            // Several local speakers may be one person: the louder one counts.
            for (person, locals) in Dictionary(grouping: personOf.keys.sorted(), by: { personOf[$0] ?? 0 }) {
                for frame in covered {
                    let loudest = locals.reduce(UInt8(0)) { max($0, window.posteriors[frame * localCount + $1]) }
                    sums[person][first + frame] += Float(loudest) / 255
                }
            }
        }
        for person in sums.indices {
            for frame in 0..<frameCount where counts[frame] > 1 { sums[person][frame] /= Float(counts[frame]) }
        }
        return sums
    }
}
