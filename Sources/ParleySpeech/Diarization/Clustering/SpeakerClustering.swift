import ParleyCore

/// Decides which local speakers of a recording are the same person.
///
/// Implementations are stateless and deterministic; memory and time grow gently with the number of speakers.
protocol SpeakerClustering: Sendable {
    /// The people, each a unit vector.
    ///
    /// Blocking.
    /// - Parameters:
    ///   - speakers: In order of time; those of one window are different people.
    ///   - count: What is known of the number of people; honoured as far as there are voices.
    /// - Returns: In order of first appearance; empty when nobody spoke.
    /// - Throws: `CancellationError`.
    func people(
        among speakers: [LocalSpeaker], count: SpeakerCount, cancellation: CancellationFlag
    ) throws -> [[Float]]
}
