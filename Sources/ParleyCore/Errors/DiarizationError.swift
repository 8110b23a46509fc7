/// Why diarization was refused.
public struct DiarizationError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// A known speaker's reference holds too little speech.
        case referenceUnusable
        /// A known speaker's reference holds more than one voice.
        case referenceAmbiguous
        /// A stored voice was made by another encoder than the one in use.
        case voiceForeign
        /// The diarization models are not installed.
        case modelUnavailable
    }

    /// What went wrong.
    public var code: Code
    /// A sentence that is safe to show to a client.
    public var message: String
    /// The known speaker that is concerned.
    public var speakerName: String?

    /// Makes an error.
    public init(_ code: Code, _ message: String, speakerName: String? = nil) {
        self.code = code
        self.message = message
        self.speakerName = speakerName
    }

    /// Code and message on one line.
    public var description: String { "\(code.rawValue): \(message)" }
}
