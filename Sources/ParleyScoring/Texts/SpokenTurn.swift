/// What somebody says without a break.
public struct SpokenTurn: Sendable, Hashable {
    /// Who.
    public var speaker: String
    /// When it begins, in seconds; a speaker's turns are put in this order.
    public var startSeconds: Double
    /// The words, separated by blanks.
    public var text: String

    /// Makes a turn.
    public init(speaker: String, startSeconds: Double, text: String) {
        self.speaker = speaker
        self.startSeconds = startSeconds
        self.text = text
    }
}

/// What is made alike before words are compared.
public enum TextNormalization: String, Sendable, CaseIterable {
    /// Nothing: words count as they are written.
    case none
    /// Lower case, and no full stops, commas, question marks and exclamation marks (meeteval's `lower,rm(.?!,)`).
    case basic

    /// The words of a text.
    public func words(of text: String) -> [String] {
        let text =
            switch self {
            case .none: text
            case .basic:
                String(
                    String.UnicodeScalarView(
                        text.lowercased().unicodeScalars.filter { !".?!,".unicodeScalars.contains($0) }))
            }
        return text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map(String.init)
    }
}
