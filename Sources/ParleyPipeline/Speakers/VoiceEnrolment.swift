public import ParleyCore

/// Takes voices out of recordings and keeps them.
public struct VoiceEnrolment: Sendable {
    /// Where voices are kept.
    public let store: any VoiceProfileStore
    private let diarizer: any Diarizer

    /// Speech that a recording must hold, in seconds.
    ///
    /// A recording of two seconds has that much. Longer ones are known again more often: 71% after 2 s, 94% after 10 s
    /// with the bundled encoder.
    public static let leastSpeechSeconds = 1.0

    /// Makes it.
    /// - Parameters:
    ///   - store: Where voices are kept.
    ///   - diarizer: Listens to them.
    public init(store: any VoiceProfileStore, diarizer: any Diarizer) {
        self.store = store
        self.diarizer = diarizer
    }

    /// Keeps the voice of a recording.
    /// - Parameters:
    ///   - name: Whose voice it is.
    ///   - recording: One person speaking; at most 30 s are listened to.
    ///   - replaces: Whether it takes the place of a voice of the same name.
    /// - Throws: ``VoiceProfileError``; ``DiarizationError`` when the recording holds no voice, several, or too little
    ///   of one; ``AudioError``, ``InferenceError`` or `CancellationError`.
    public func enrol(
        _ name: VoiceProfileName, from recording: AudioInput, replaces: Bool
    ) async throws -> VoiceProfile {
        // Listening takes a while; what would be refused afterwards is refused now.
        if !replaces, try await store.profiles().contains(where: { $0.name == name }) {
            throw VoiceProfileError.taken(name)
        }
        let print = try await diarizer.voicePrint(of: recording, name: name.text)
        guard print.speechSeconds >= Self.leastSpeechSeconds else {
            throw DiarizationError(
                .referenceUnusable,
                "The recording of '\(name)' holds too little speech; give at least two seconds, better 10 to 30.",
                speakerName: name.text)
        }
        return try await store.save(print, name: name, replaces: replaces)
    }
}

extension VoiceProfileError {
    /// A name that another profile has.
    static func taken(_ name: VoiceProfileName) -> VoiceProfileError {
        VoiceProfileError(.nameTaken, "There is a speaker '\(name)' already.")
    }
}
