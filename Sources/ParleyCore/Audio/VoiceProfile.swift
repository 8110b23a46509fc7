/// A person's voice that is kept for later recordings.
public struct VoiceProfile: Sendable, Hashable {
    /// Made by the store; it stays the same when the voice is enrolled again.
    public var id: String
    /// The person's name, which no other profile of the store has.
    public var name: VoiceProfileName
    /// When this voice was enrolled, in seconds since 1970.
    public var createdUnixSeconds: Int
    /// The voice.
    public var print: VoicePrint

    /// Makes a profile.
    public init(id: String, name: VoiceProfileName, createdUnixSeconds: Int, print: VoicePrint) {
        self.id = id
        self.name = name
        self.createdUnixSeconds = createdUnixSeconds
        self.print = print
    }

    /// The voice as diarization takes it.
    public var knownVoice: KnownVoice { KnownVoice(name: name.text, print: print) }
}

/// The name of a profile as people write it; two that differ in case only are equal.
public struct VoiceProfileName: Sendable, Hashable, CustomStringConvertible {
    /// The longest name, in characters.
    public static let maximumCharacterCount = 100
    /// The longest name in UTF-8: a character may be made of any number of marks.
    private static let maximumByteCount = 1_000
    /// Stands for all profiles where names are expected.
    public static let reserved = "all"

    /// The name without blanks at its ends.
    public let text: String

    /// Checks a name.
    /// - Parameter text: Blanks at its ends are dropped.
    /// - Throws: ``VoiceProfileError`` with `nameInvalid`.
    public init(_ text: String) throws(VoiceProfileError) {
        let name = Self.trimmed(text)
        guard !name.isEmpty, name.count <= Self.maximumCharacterCount, name.utf8.count <= Self.maximumByteCount else {
            throw VoiceProfileError(
                .nameInvalid, "A speaker's name has 1 to \(Self.maximumCharacterCount) characters.")
        }
        guard name.unicodeScalars.allSatisfy(Self.isPermitted) else {
            throw VoiceProfileError(.nameInvalid, "A speaker's name has no line breaks and no control characters.")
        }
        guard name.lowercased() != Self.reserved else {
            throw VoiceProfileError(
                .nameInvalid, "'\(Self.reserved)' stands for all speakers and can't be the name of one.")
        }
        self.text = name
    }

    /// A text without blanks at its ends.
    public static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Compares as ``==(_:_:)`` does; Swift's strings are equal when they are canonically equivalent.
    private var key: String { text.lowercased() }

    /// Whether two names differ in case at most.
    public static func == (left: VoiceProfileName, right: VoiceProfileName) -> Bool { left.key == right.key }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// The name.
    public var description: String { text }

    /// No control characters, no line or paragraph separators, and none of the invisible characters that turn the
    /// direction of a text; the joiners are part of many scripts.
    private static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        case .format: scalar.value == 0x200C || scalar.value == 0x200D
        default: true
        }
    }
}
