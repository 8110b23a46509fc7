/// Silences what one channel only echoes of another: the far end of a call that comes back through a loudspeaker and a
/// microphone, or a line that leaks.
///
/// A frame is an echo when another channel is much louder at that moment and the waveform is found again in it, a little
/// earlier or later. Speech of somebody quiet is left alone, because it does not resemble what the other one says.
struct CrosstalkGate: Sendable {
    /// Samples that are judged together: 32 ms, as long as a frame of the speech detector.
    static let frameSampleCount = 512
    /// Every so many samples are made one before waveforms are compared; speech below 2 kHz is enough.
    private static let decimation = 4
    /// Frames around the one that is judged, before and after.
    private static let contextFrames = 2
    /// Furthest delay of an echo in decimated samples: 64 ms either way.
    private static let furthestDelay = 256
    /// An echo is weaker by at least this factor of power: 9 dB.
    private static let leastPowerRatio: Float = 8
    /// Normalised correlation from which a waveform is found again.
    private static let leastResemblance: Float = 0.6
    /// Mean square below which there is nothing to silence: -70 dB.
    private static let silentPower: Float = 1e-7

    /// Decimated audio before the block that comes next, by channel.
    private var history: [[Float]]

    init(channelCount: Int) {
        history = [[Float]](repeating: [], count: channelCount)
    }

    /// The next samples without echoes.
    /// - Parameter block: By channel, equally many each; whole frames except at the end of the recording.
    mutating func cleaned(_ block: [[Float]]) -> [[Float]] {
        guard block.count > 1, let count = block.first?.count, count > 0 else { return block }
        let decimated = zip(history, block).map { $0 + Self.decimated($1) }
        let offset = history.first?.count ?? 0
        var cleaned = block
        for start in stride(from: 0, to: count, by: Self.frameSampleCount) {
            let frame = start..<min(count, start + Self.frameSampleCount)
            let powers = block.map { Self.power($0[frame]) }
            guard let loudest = powers.indices.max(by: { powers[$0] < powers[$1] }) else { continue }
            for channel in powers.indices where channel != loudest && powers[channel] > Self.silentPower {
                guard powers[loudest] >= Self.leastPowerRatio * powers[channel] else { continue }
                let middle = offset + start / Self.decimation
                if Self.resemblance(of: decimated[channel], to: decimated[loudest], around: middle)
                    >= Self.leastResemblance
                {
                    for index in frame { cleaned[channel][index] = 0 }
                }
            }
        }
        let kept = Self.furthestDelay + (Self.contextFrames + 1) * Self.frameSampleCount / Self.decimation
        history = decimated.map { Array($0.suffix(kept)) }
        return cleaned
    }

    private static func power(_ samples: ArraySlice<Float>) -> Float {
        samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))
    }

    private static func decimated(_ samples: [Float]) -> [Float] {
        stride(from: 0, to: samples.count, by: decimation).map { start in
            samples[start..<min(samples.count, start + decimation)].reduce(0, +)
        }
    }

    /// The largest normalised correlation of a stretch of one channel with any stretch near it of another.
    private static func resemblance(of quiet: [Float], to loud: [Float], around frameStart: Int) -> Float {
        let frame = frameSampleCount / decimation
        let range =
            max(0, frameStart - contextFrames * frame)..<min(quiet.count, frameStart + (contextFrames + 1) * frame)
        let template = quiet[range]
        let templatePower = template.reduce(0) { $0 + $1 * $1 }
        guard templatePower > 0 else { return 0 }
        var best: Float = 0
        // The power under the template as it moves: what enters is added, what leaves is taken away.
        var power: Float?
        for delay in -furthestDelay...furthestDelay {
            let lower = range.lowerBound - delay
            let upper = range.upperBound - delay
            guard lower >= 0, upper <= loud.count else { continue }
            if let last = power {
                power = max(0, last + loud[lower] * loud[lower] - loud[upper] * loud[upper])
            } else {
                power = loud[lower..<upper].reduce(0) { $0 + $1 * $1 }
            }
            var product: Float = 0
            for (sample, other) in zip(template, loud[lower..<upper]) { product += sample * other }
            // What is echoed is louder than its echo, which may come back with its sign turned.
            if let power, power > templatePower {
                best = max(best, abs(product) / (power * templatePower).squareRoot())
            }
        }
        return best
    }
}
