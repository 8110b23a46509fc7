import ParleyCore

/// A method that divides points among people; what ``TwoStageClustering`` builds on.
///
/// Implementations are stateless and deterministic.
protocol PointClustering: Sendable {
    /// Points that the method takes without using too much time or memory; more are condensed first.
    var largestPointCount: Int { get }

    /// The people among points.
    ///
    /// Blocking.
    /// - Parameters:
    ///   - points: At least one; every direction has length 1.
    ///   - bounds: How many people there may be; fulfillable, and always fulfilled.
    /// - Returns: Every person has at least one member; points may belong to nobody.
    /// - Throws: `CancellationError`.
    func people(among points: VoicePoints, bounds: PersonBounds, cancellation: CancellationFlag) throws -> [Person]
}

/// Points found to be one person's.
struct Person: Sendable, Hashable {
    /// Indices of points, ascending.
    var members: [Int]
    /// The voice: length 1, or 0 where the members cancel out.
    var direction: [Float]
}

/// The least and the largest number of people, both at least 1.
struct PersonBounds: Sendable, Hashable {
    let minimum: Int
    let maximum: Int

    /// What was asked for, as far as there are voices.
    /// - Parameter voiceCount: At least 1.
    init(_ count: SpeakerCount, voiceCount: Int) {
        func possible(_ number: Int) -> Int { max(1, min(number, voiceCount)) }
        switch count {
        case .exactly(let number):
            minimum = possible(number)
            maximum = possible(number)
        case .automatic(let least, let most):
            minimum = possible(least ?? 1)
            maximum = max(possible(least ?? 1), possible(most ?? voiceCount))
        }
    }

    /// The allowed number nearest to one that was found.
    func clamp(_ number: Int) -> Int { max(minimum, min(number, maximum)) }
}
