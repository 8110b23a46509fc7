public import ParleyCore

/// Which stored voices a request wants to be recognised.
public enum VoiceProfileSelection: Sendable, Hashable {
    /// Every one.
    case all
    /// Those of these names, which are as they were asked for: some may be comma lists.
    case named([String])

    /// Reads what was asked for.
    /// - Parameter texts: `all`, names, or comma lists of names; nil comes of nothing.
    public init?(_ texts: [String]) {
        let words = texts.filter { !$0.allSatisfy { $0.isWhitespace || $0 == "," } }
        guard !words.isEmpty else { return nil }
        let isAll = words.contains { Self.names(in: $0).contains { $0.lowercased() == VoiceProfileName.reserved } }
        self = isAll ? .all : .named(words)
    }

    /// The profiles that are wanted.
    /// - Parameter profiles: What there is.
    /// - Returns: Each profile once.
    /// - Throws: ``VoiceProfileError`` with `unknown` for the first name that nobody has.
    public func profiles(among profiles: [VoiceProfile]) throws(VoiceProfileError) -> [VoiceProfile] {
        var chosen: [VoiceProfile] = []
        switch self {
        case .all: chosen = profiles
        case .named(let words):
            for word in words {
                // A name may hold a comma.
                if let whole = Self.profile(word, among: profiles) {
                    if !chosen.contains(whole) { chosen.append(whole) }
                    continue
                }
                for name in Self.names(in: word) {
                    guard let profile = Self.profile(name, among: profiles) else { throw .unknown(name) }
                    if !chosen.contains(profile) { chosen.append(profile) }
                }
            }
        }
        return chosen
    }

    private static func profile(_ word: String, among profiles: [VoiceProfile]) -> VoiceProfile? {
        guard let name = try? VoiceProfileName(word) else { return nil }
        return profiles.first { $0.name == name }
    }

    private static func names(in word: String) -> [String] {
        word.split(separator: ",").map { VoiceProfileName.trimmed($0) }.filter { !$0.isEmpty }
    }
}
