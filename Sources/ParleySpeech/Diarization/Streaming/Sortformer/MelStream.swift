import ParleyAudio
import ParleyCore

/// NeMo's mel frames of audio that comes piece by piece: the same as of the whole.
struct MelStream: Sendable {
    private let spectrogram: NeMoMelSpectrogram
    /// Audio from ``sampleStart`` on.
    private var samples: [Float] = []
    private var sampleStart = 0
    private var nextFrame = 0

    /// Samples that a frame sees on each side of its centre.
    private static let reach = 256
    /// Frames whose audio is kept before the next: with them no frame sees the edge of what is kept, where
    /// pre-emphasis lacks the sample before.
    private static let leadFrameCount = 2

    init(melCount: Int) { spectrogram = NeMoMelSpectrogram(melCount: melCount) }

    /// Samples so far.
    var sampleCount: Int { sampleStart + samples.count }

    /// Takes samples.
    /// - Returns: Frames that no later sample can change, flat `[frame][band]`.
    mutating func append(_ new: [Float]) -> [Float] {
        samples += new
        let hop = spectrogram.hopSampleCount
        return frames(upTo: sampleCount < Self.reach ? 0 : (sampleCount - Self.reach) / hop + 1)
    }

    /// The last frames, which see silence after the end.
    mutating func finish() -> [Float] {
        frames(upTo: spectrogram.validFrameCount(sampleCount: sampleCount))
    }

    private mutating func frames(upTo end: Int) -> [Float] {
        guard end > nextFrame else { return [] }
        let hop = spectrogram.hopSampleCount
        let features = spectrogram.features(samples)
        let first = sampleStart / hop
        let values = features.values[
            ((nextFrame - first) * features.melCount)..<((end - first) * features.melCount)]
        nextFrame = end
        let keptFrom = max(0, nextFrame - Self.leadFrameCount) * hop
        samples.removeFirst(max(0, min(samples.count, keptFrom - sampleStart)))
        sampleStart = max(sampleStart, keptFrom)
        return Array(values)
    }
}
