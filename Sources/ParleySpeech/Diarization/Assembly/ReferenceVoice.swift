import ParleyCore

/// Takes the one voice out of a reference recording, and refuses recordings of nobody or of several people.
struct ReferenceVoice: Sendable {
    /// Whose voice it is to be.
    let name: String
    /// Id of the encoder.
    let encoder: String

    /// A second voice with at least this share of the speech is another person, not a breath or a noise.
    private static let smallestSecondShare: Float = 0.15

    /// Ends the session.
    func print(of session: OfflineDiarizationSession) async throws -> VoicePrint {
        let voices = try await session.voices().sorted { $0.seconds > $1.seconds }
        guard let first = voices.first else {
            throw DiarizationError(
                .referenceUnusable, "The reference of the known speaker '\(name)' holds no speech.", speakerName: name)
        }
        let total = voices.reduce(0) { $0 + $1.seconds }
        if voices.count > 1, voices[1].seconds >= Self.smallestSecondShare * total {
            throw DiarizationError(
                .referenceAmbiguous,
                "The reference of the known speaker '\(name)' holds more than one voice; give a recording in which only "
                    + "that person speaks.", speakerName: name)
        }
        return VoicePrint(
            encoder: encoder, values: first.direction, speechSeconds: Double(first.seconds))
    }
}
