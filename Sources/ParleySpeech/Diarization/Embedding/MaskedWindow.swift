/// Where the frames of a segmentation network lie in its window.
struct FrameGrid: Sendable, Hashable {
    /// Frames per window.
    let frameCount: Int
    /// Samples from one frame to the next.
    let shiftSamples: Int
    /// Sample of the window that is the middle of what frame 0 sees.
    let firstCentreSample: Int

    /// The frame whose middle is nearest to a sample of the window.
    func frame(atSample sample: Int) -> Int {
        let position = Double(sample - firstCentreSample) / Double(shiftSamples)
        return min(frameCount - 1, max(0, Int((position + 0.5).rounded(.down))))
    }
}

/// A window of audio, and for each voice in it the frames in which that voice is to be listened to.
struct MaskedWindow: Sendable {
    /// Mono at 16 kHz, -1...1.
    let samples: [Float]
    /// Where the frames of the masks lie.
    let grid: FrameGrid
    /// `[voice][frame]`, as long as the grid.
    let masks: [[Bool]]

    /// Feature frames of a voice, ascending.
    /// - Parameters:
    ///   - voice: Index into ``masks``.
    ///   - hopSampleCount: Samples from one feature frame to the next.
    ///   - firstCentreSample: Sample of the window that is the middle of what feature frame 0 sees.
    ///   - frameCount: Feature frames in the window.
    func featureFrames(
        of voice: Int, hopSampleCount: Int, firstCentreSample: Int, frameCount: Int
    ) -> [Int] {
        let mask = masks[voice]
        return (0..<frameCount).filter { mask[grid.frame(atSample: $0 * hopSampleCount + firstCentreSample)] }
    }
}
