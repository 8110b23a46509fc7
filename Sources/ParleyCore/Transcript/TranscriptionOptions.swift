/// Everything that one transcription can be told.
///
/// Values, no defaults hidden elsewhere.
public struct TranscriptionOptions: Sendable {
    /// Model id or alias; nil takes the server's default.
    public var modelID: String?
    /// Transcribe or translate.
    ///
    /// Default: transcribe.
    public var task: TranscriptionTask = .transcribe
    /// ISO 639-1 code of the spoken language; nil lets the recogniser decide.
    public var language: String?
    /// The languages among which the recogniser decides, ISO 639-1; empty for all that it knows.
    public var candidateLanguages: [String] = []
    /// Text that precedes the recording, or its style.
    public var prompt: String?
    /// Words and phrases to be expected.
    public var keywords: [String] = []
    /// Sampling temperature, 0...1.
    ///
    /// Default 0.
    public var temperature: Double = 0
    /// How the text is searched for, and when a result is not believed.
    public var decoding = DecodingOptions()
    /// How urgent the work is.
    ///
    /// Default: interactive.
    public var priority = WorkPriority.interactive
    /// Zero-based audio track; nil takes the first.
    public var track: Int?
    /// How speech is found.
    public var speechDetection = SpeechDetectionOptions()
    /// Who spoke; nil leaves diarization out.
    public var diarization: DiarizationOptions?
    /// What becomes of the recording's channels.
    ///
    /// Default: mixed into one. Where they are split, nobody is told apart by voice: leave ``diarization`` out.
    public var channels = ChannelMode.mix
    /// Emit segments while the work goes on, with speaker labels that are decided as the recording unfolds.
    public var emitsSegmentsEarly = false

    /// Options with their defaults.
    public init() {}
}

/// Voice activity detection.
///
/// Names and defaults follow WhisperX (onset 0.500, offset 0.363).
public struct SpeechDetectionOptions: Sendable, Hashable {
    /// Probability at which speech begins, 0...1.
    public var onset: Double = 0.500
    /// Probability below which speech ends, 0...1; at most the onset.
    public var offset: Double = 0.363
    /// Speech shorter than this is dropped.
    public var minimumSpeech: Duration = .milliseconds(100)
    /// A pause shorter than this does not end a stretch of speech.
    public var minimumSilence: Duration = .milliseconds(200)
    /// Added on both sides of every stretch of speech.
    public var padding: Duration = .milliseconds(200)

    /// The defaults.
    public init() {}
}

/// How speakers are told apart.
public struct DiarizationOptions: Sendable {
    /// How many speakers there are.
    ///
    /// Default: found out.
    public var speakerCount: SpeakerCount = .automatic()
    /// Voices with names, at most 4 over the API.
    public var knownSpeakers: [KnownSpeaker] = []
    /// Voices with names that were stored before.
    public var knownVoices: [KnownVoice] = []
    /// How urgent the work is.
    ///
    /// Default: interactive.
    public var priority = WorkPriority.interactive

    /// The defaults.
    public init() {}
}

/// What is known of the number of speakers.
public enum SpeakerCount: Sendable, Hashable {
    /// Found out, within bounds (inclusive) where given.
    case automatic(minimum: Int? = nil, maximum: Int? = nil)
    /// Exactly this many.
    case exactly(Int)
}

/// A person whose voice is given by a short recording.
public struct KnownSpeaker: Sendable, Hashable {
    /// The name that appears in the transcript.
    public var name: String
    /// 2 to 10 seconds of the voice.
    public var reference: AudioInput

    /// Makes a known speaker.
    public init(name: String, reference: AudioInput) {
        self.name = name
        self.reference = reference
    }
}

/// What becomes of the channels of a recording.
public enum ChannelMode: Sendable, Hashable {
    /// They are mixed into one.
    case mix
    /// Each is one speaker, as in recordings of calls. Names in the order of the channels; further channels are called
    /// by letters.
    case split(names: [String] = [])

    /// A speaker for each channel: the names as far as they go, then letters.
    public static func speakers(_ names: [String], count: Int) -> [String] {
        var letters = SpeakerLetters()
        return (0..<count).map { names.indices.contains($0) ? names[$0] : letters.next(except: names) }
    }
}
