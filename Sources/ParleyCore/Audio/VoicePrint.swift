/// A voice as a speaker encoder hears it.
public struct VoicePrint: Sendable, Hashable, Codable {
    /// Which encoder made it; prints of different encoders can't be compared.
    public var encoder: String
    /// A unit vector.
    public var values: [Float]
    /// Speech that it was made from, in seconds.
    public var speechSeconds: Double

    /// Makes a print.
    public init(encoder: String, values: [Float], speechSeconds: Double) {
        self.encoder = encoder
        self.values = values
        self.speechSeconds = speechSeconds
    }
}

/// A person whose voice was stored.
public struct KnownVoice: Sendable, Hashable {
    /// The name that appears in the transcript.
    public var name: String
    /// The voice.
    public var print: VoicePrint

    /// Makes a known voice.
    public init(name: String, print: VoicePrint) {
        self.name = name
        self.print = print
    }
}
