/// Subtracts the mean cepstrum of a window, so that microphone and level do not matter.
///
/// A short window's own mean follows its words rather than the channel, so it is drawn towards the mean that the
/// model's authors give (`-cmninit` in `feat.params`), as if that had been seen for ``priorFrameCount`` frames.
struct CepstralMeanNormalization: Sendable {
    /// Coefficients per frame.
    let width: Int
    private let priorMean: [Float]
    private let priorFrameCount: Float

    /// - Parameters:
    ///   - width: Coefficients per frame.
    ///   - priorMean: Mean of the first coefficients; missing ones count as 0.
    ///   - priorFrameCount: Weight of the prior in frames of 10 ms. Default 50.
    init(width: Int, priorMean: [Float], priorFrameCount: Float = 50) {
        self.width = width
        self.priorMean = (0..<width).map { $0 < priorMean.count ? priorMean[$0] : 0 }
        self.priorFrameCount = priorMean.isEmpty ? 0 : priorFrameCount
    }

    /// Normalises flat frames `[frame][coefficient]` in place.
    func apply(to frames: inout [Float]) {
        let frameCount = frames.count / width
        guard frameCount > 0 else { return }
        var mean = priorMean.map { $0 * priorFrameCount }
        for index in 0..<(frameCount * width) { mean[index % width] += frames[index] }
        let weight = 1 / (Float(frameCount) + priorFrameCount)
        for index in mean.indices { mean[index] *= weight }
        for index in 0..<(frameCount * width) { frames[index] -= mean[index % width] }
    }
}
