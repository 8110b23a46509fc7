import Foundation

/// Classes that stand for sets of speakers: nobody, each alone, each pair, up to a largest set, in the order of
/// Plaquet & Bredin, "Powerset multi-class cross entropy loss for neural speaker diarization" (2023).
struct Powerset: Sendable {
    /// Speakers in each class, ascending.
    let sets: [[Int]]
    private let speakerCount: Int

    /// - Parameters:
    ///   - speakerCount: Local speakers.
    ///   - largestSet: Most speakers at a time.
    init(speakerCount: Int, largestSet: Int) {
        self.speakerCount = speakerCount
        var sets: [[Int]] = [[]]
        var last: [[Int]] = [[]]
        for _ in 0..<largestSet {
            last = last.flatMap { set in ((set.last ?? -1) + 1..<speakerCount).map { set + [$0] } }
            sets += last
        }
        self.sets = sets
    }

    /// Classes in all.
    var classCount: Int { sets.count }

    /// The probability that a speaker talks: the sum over the sets that hold them.
    /// - Parameter scores: Logits or log-probabilities, flat `[frame][class]`.
    /// - Returns: Flat `[frame][speaker]`.
    func speakerPosteriors(_ scores: [Float]) -> [Float] {
        let frameCount = scores.count / classCount
        var posteriors = [Float](repeating: 0, count: frameCount * speakerCount)
        for frame in 0..<frameCount {
            let row = scores[(frame * classCount)..<((frame + 1) * classCount)]
            let largest = row.max() ?? 0
            let weights = row.map { exp($0 - largest) }
            let sum = weights.reduce(0, +)
            guard sum > 0 else { continue }
            for (set, weight) in zip(sets, weights) {
                for speaker in set { posteriors[frame * speakerCount + speaker] += weight / sum }
            }
        }
        return posteriors
    }
}
