/// Voices that are kept between recordings, by name.
///
/// Voices are personal data: a store is only used where somebody has decided so, and keeps them on this machine.
public protocol VoiceProfileStore: Sendable {
    /// All profiles, by name; damaged ones are left out.
    /// - Throws: ``VoiceProfileError`` with `storageFailed`, or `CancellationError`.
    func profiles() async throws -> [VoiceProfile]

    /// Keeps a voice under a name.
    /// - Parameters:
    ///   - print: The voice.
    ///   - name: Whose it is.
    ///   - replaces: Whether it takes the place of a voice of the same name, whose id it keeps.
    /// - Returns: What was kept.
    /// - Throws: ``VoiceProfileError`` with `nameTaken`, `limitReached`, `diskFull` or `storageFailed`, or
    ///   `CancellationError`.
    func save(_ print: VoicePrint, name: VoiceProfileName, replaces: Bool) async throws -> VoiceProfile

    /// Forgets a voice.
    /// - Parameter id: Anything, whoever sent it.
    /// - Returns: What was forgotten.
    /// - Throws: ``VoiceProfileError`` with `unknown` or `storageFailed`, or `CancellationError`.
    func remove(id: String) async throws -> VoiceProfile
}

extension VoiceProfileStore {
    /// One profile.
    /// - Parameter id: Anything, whoever sent it.
    /// - Throws: ``VoiceProfileError`` with `unknown` or `storageFailed`, or `CancellationError`.
    public func profile(id: String) async throws -> VoiceProfile {
        guard let profile = try await profiles().first(where: { $0.id == id }) else {
            throw VoiceProfileError.unknown(id)
        }
        return profile
    }
}

extension VoiceProfileError {
    /// No profile has an id or a name.
    public static func unknown(_ word: String) -> VoiceProfileError {
        VoiceProfileError(.unknown, "There is no speaker '\(word.prefix(VoiceProfileName.maximumCharacterCount))'.")
    }
}
