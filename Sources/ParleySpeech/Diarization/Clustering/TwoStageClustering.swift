import ParleyCore

/// Clustering of recordings of any length by a method that compares all points with each other.
///
/// Voices that are too short to be trusted, and vectors that are none, have no say. What is left goes to the method; a
/// long recording's voices are first condensed part by part, so that time grows linearly with its length and memory
/// with the vectors alone (T. J. Park et al. 2023 do so for long recordings).
struct TwoStageClustering: SpeakerClustering {
    /// Decides.
    let method: any PointClustering
    /// Condenses.
    let condenser: VoiceCondenser
    /// Shorter voices do not take part in the decision.
    var minimumVoiceSeconds: Float = 1.0

    /// See ``SpeakerClustering``.
    func people(
        among speakers: [LocalSpeaker], count: SpeakerCount, cancellation: CancellationFlag
    ) throws -> [[Float]] {
        try cancellation.check()
        let dimension = speakers.first?.embedding.count ?? 0
        let usable = speakers.filter { $0.embedding.count == dimension && $0.isDirected }
        var voices = usable.filter { $0.speechSeconds >= minimumVoiceSeconds }
        if voices.count < max(2, PersonBounds(count, voiceCount: max(1, usable.count)).minimum) { voices = usable }
        guard !voices.isEmpty else { return [] }
        let points = try condenser.condense(
            voices, dimension: dimension, to: method.largestPointCount, cancellation: cancellation)
        let people = try method.people(
            among: points, bounds: PersonBounds(count, voiceCount: points.count), cancellation: cancellation)
        return people.sorted { ($0.members.first ?? 0) < ($1.members.first ?? 0) }.map(\.direction)
    }
}

extension LocalSpeaker {
    /// Whether the vector is a number in every place and not zero.
    fileprivate var isDirected: Bool {
        let length = Vector.dot(direction, direction)
        return length.isFinite && length > 0.5
    }
}
