import Foundation

/// Which frames stay in Sortformer's speaker cache.
///
/// A frame's score for a speaker is the log-likelihood that this one talks alone. The best frames of each speaker get
/// a bonus, so that everybody keeps some, and a few places of each speaker are kept for silence. Constants as in NeMo's
/// `SortformerModules`.
struct CacheSelection: Sendable {
    /// Length of the cache.
    let frameCount: Int
    /// Speakers.
    let speakerCount: Int

    /// Probabilities under the logarithm are at least this.
    private static let floor: Float = 0.25
    /// Posterior above which a speaker talks.
    private static let speechThreshold: Float = 0.5
    /// What frames that are new in the cache gain.
    private static let newFrameBonus: Float = 0.05
    /// Places of each speaker for silence.
    private static let silentFrameCount = 3
    /// Shares of a speaker's places that get a bonus of 2 log 2, and of log 2.
    private static let strongShare: Float = 0.75
    private static let weakShare: Float = 1.5
    /// Share of a speaker's places that have to have positive scores before the others are left out.
    private static let positiveShare: Float = 0.5

    /// - Parameter posteriors: Of the frames to choose from, flat `[frame][speaker]`; those beyond the cache's length are
    ///   new.
    /// - Returns: Frames by speaker and time; nil is silence.
    func choose(_ posteriors: [Float]) -> [Int?] {
        let count = posteriors.count / speakerCount
        let places = Float(max(0, frameCount / speakerCount - Self.silentFrameCount))
        var scores = scores(posteriors)
        for speaker in 0..<speakerCount {
            let positive = (0..<count).count { scores[speaker][$0] > 0 }
            if positive >= Int(places * Self.positiveShare) {
                for frame in 0..<count where scores[speaker][frame] <= 0 { scores[speaker][frame] = -.infinity }
            }
            for frame in min(frameCount, count)..<count { scores[speaker][frame] += Self.newFrameBonus }
            raise(&scores[speaker], best: Int(places * Self.strongShare), by: 2 * log(2))
            raise(&scores[speaker], best: Int(places * Self.weakShare), by: log(2))
            scores[speaker] += [Float](repeating: .infinity, count: Self.silentFrameCount)
        }
        let flat = scores.flatMap { $0 }
        let length = count + Self.silentFrameCount
        let chosen = Self.best(frameCount, of: flat).filter { flat[$0] > -.infinity }.sorted()
            .map { $0 % length }.map { $0 < count ? $0 : nil }
        return chosen + [Int?](repeating: nil, count: frameCount - chosen.count)
    }

    /// `[speaker][frame]`; minus infinity where the speaker does not talk.
    private func scores(_ posteriors: [Float]) -> [[Float]] {
        let count = posteriors.count / speakerCount
        var scores = [[Float]](repeating: [Float](repeating: -.infinity, count: count), count: speakerCount)
        for frame in 0..<count {
            let row = posteriors[(frame * speakerCount)..<((frame + 1) * speakerCount)]
            let silent = row.map { log(max(1 - $0, Self.floor)) }
            let allSilent = silent.reduce(0, +)
            for (speaker, posterior) in row.enumerated() where posterior > Self.speechThreshold {
                scores[speaker][frame] =
                    log(max(posterior, Self.floor)) - silent[speaker] + allSilent - log(0.5)
            }
        }
        return scores
    }

    private func raise(_ scores: inout [Float], best count: Int, by bonus: Float) {
        for frame in Self.best(count, of: scores) { scores[frame] += bonus }
    }

    /// Places of the highest values; among equals the first.
    private static func best(_ count: Int, of values: [Float]) -> ArraySlice<Int> {
        values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count)
    }
}
