import ParleyCore
import ParleyPipeline

/// `--speaker-profiles all|NAME,...` of the commands that tell speakers apart: which stored voices they know.
///
/// Naming them is the consent that a server asks its operator for.
struct SpeakerProfilesOption: Sendable {
    static let spec = OptionSpec(
        "speaker-profiles", .value("all|NAME,..."), isRepeatable: true,
        "Stored speakers that are to be recognised, see parley speakers")

    private let selection: VoiceProfileSelection?

    init(_ arguments: ParsedArguments) {
        selection = VoiceProfileSelection(arguments.values[Self.spec.name] ?? [])
    }

    /// Whether any speakers were named.
    var isGiven: Bool { selection != nil }

    /// The voices that were named; none is read when there was no option.
    /// - Throws: ``VoiceProfileError``
    func voices(_ invocation: Invocation) async throws -> [KnownVoice] {
        guard let selection else { return [] }
        let store = invocation.composition.voices(invocation.settings, Self.warn(invocation.console))
        return try selection.profiles(among: try await store.profiles()).map(\.knownVoice)
    }

    /// Tells of a file that is damaged.
    static func warn(_ console: Console) -> @Sendable (_ file: String, _ cause: String) -> Void {
        { file, cause in console.note("parley: warning: \(file) is damaged and left out: \(cause)") }
    }
}
