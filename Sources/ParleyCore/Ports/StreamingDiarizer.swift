/// Loaded models that tell speakers apart while audio comes in; shared by all streams.
public protocol StreamingDiarizer: Sendable {
    /// What it can do.
    var traits: StreamingDiarizerTraits { get }

    /// Starts a stream.
    ///
    /// Streams are independent of each other, however many there are; only the models are shared.
    /// - Throws: ``DiarizationError`` with `voiceForeign`.
    func makeStream(_ options: StreamingDiarizationOptions) async throws -> any DiarizationStream
}

/// What a streaming diarizer can do.
public struct StreamingDiarizerTraits: Sendable, Hashable {
    /// The most speakers that it tells apart; nil for any number.
    public var maximumSpeakers: Int?
    /// Whether it can give known voices their names.
    public var recognisesVoices: Bool
    /// Whether labels that were given may be corrected later.
    public var revisesLabels: Bool
    /// The latencies that can be had, from the shortest to the longest.
    public var latencies: ClosedRange<Duration>

    /// Puts them together.
    public init(
        maximumSpeakers: Int?, recognisesVoices: Bool, revisesLabels: Bool, latencies: ClosedRange<Duration>
    ) {
        self.maximumSpeakers = maximumSpeakers
        self.recognisesVoices = recognisesVoices
        self.revisesLabels = revisesLabels
        self.latencies = latencies
    }
}

/// How speakers are told apart in a stream.
public struct StreamingDiarizationOptions: Sendable {
    /// The most speakers, at least 1; nil, the default, for as many as the diarizer tells apart.
    public var maximumSpeakers: Int?
    /// Voices with names; of no use to a diarizer that does not recognise voices.
    ///
    /// Default none.
    public var knownVoices: [KnownVoice] = []
    /// How long after a moment it is decided who spoke then, without the time for computing.
    ///
    /// The diarizer takes the longest that it has up to this, or its shortest. Longer is more accurate. Default nil: the
    /// diarizer's own.
    public var latency: Duration?
    /// How urgent the work is.
    ///
    /// Default: live.
    public var priority = WorkPriority.live

    /// The defaults.
    public init() {}
}

/// Who speaks when in one stream of audio.
///
/// One caller at a time. Memory has a bound that does not depend on the stream's length. After an error or a
/// cancellation the stream may go on: samples that were pushed are not lost, and what was decided before the error comes
/// with the next call.
public protocol DiarizationStream: Sendable {
    /// Takes the next samples.
    ///
    /// What comes back over the whole stream does not depend on how many samples are pushed at a time.
    /// - Parameter samples: Mono audio at 16 kHz, -1...1, any number. After ``finish()`` they are left out.
    /// - Throws: ``InferenceError``, ``AdmissionError`` or `CancellationError`.
    func push(_ samples: [Float]) async throws -> [SpeakerEvent]

    /// Ends the stream and decides about the rest.
    /// - Returns: The last events, ``SpeakerEvent/ended(_:)`` at their end; nothing when the stream has ended before.
    /// - Throws: ``InferenceError``, ``AdmissionError`` or `CancellationError`.
    func finish() async throws -> [SpeakerEvent]
}

/// Something that a stream has found out.
public enum SpeakerEvent: Sendable, Hashable {
    /// Someone speaks for the first time, or their name has become known or has changed; before the first frames and
    /// turns of that speaker.
    case speaker(StreamSpeaker)
    /// Who speaks in the next frames: without gaps from the stream's start to its end.
    case frames(SpeakerFrames)
    /// A turn is over.
    case turn(StreamTurn)
    /// Frames and turns of earlier events belong to other speakers. All corrections of an event are made at once, so two
    /// speakers may change places.
    case revised([SpeakerRevision])
    /// Nothing comes any more; the length of the stream in seconds.
    case ended(Double)
}

/// A speaker of a stream.
public struct StreamSpeaker: Sendable, Hashable {
    /// Tells the stream's speakers apart: a number from 0 on, in order of first appearance, never used for another.
    public var id: Int
    /// The name of a known voice; nil for a stranger.
    public var name: String?

    /// Makes a speaker.
    public init(id: Int, name: String? = nil) {
        self.id = id
        self.name = name
    }
}

/// Who speaks in some successive frames.
public struct SpeakerFrames: Sendable, Hashable {
    /// Where the first frame begins, in seconds from the stream's start.
    public var startSeconds: Double
    /// Seconds per frame.
    public var frameSeconds: Double
    /// Number of frames.
    public var frameCount: Int
    /// Posteriors, 0...1, that a speaker talks in each frame; who is not there is silent.
    public var activity: [Int: [Float]]

    /// Makes frames.
    public init(startSeconds: Double, frameSeconds: Double, frameCount: Int, activity: [Int: [Float]]) {
        self.startSeconds = startSeconds
        self.frameSeconds = frameSeconds
        self.frameCount = frameCount
        self.activity = activity
    }

    /// Where the last frame ends, in seconds from the stream's start.
    public var endSeconds: Double { startSeconds + Double(frameCount) * frameSeconds }
}

/// A stretch of one speaker.
public struct StreamTurn: Sendable, Hashable {
    /// Id of the speaker.
    public var speaker: Int
    /// Where it lies in the stream.
    public var span: TimeSpan
    /// Mean posterior over the turn, 0...1.
    public var confidence: Double

    /// Makes a turn.
    public init(speaker: Int, span: TimeSpan, confidence: Double) {
        self.speaker = speaker
        self.span = span
        self.confidence = confidence
    }
}

/// A correction: what was said to be one speaker is another.
public struct SpeakerRevision: Sendable, Hashable {
    /// The id that was given.
    public var speaker: Int
    /// Where it was wrong; nil for everything so far that no other correction of the event speaks of, when two ids have
    /// turned out to be one person: the id is not used any more then.
    public var span: TimeSpan?
    /// The id that is right.
    public var replacement: Int

    /// Makes a correction.
    public init(speaker: Int, span: TimeSpan?, replacement: Int) {
        self.speaker = speaker
        self.span = span
        self.replacement = replacement
    }
}
