/// Loaded diarization models, shared by all requests.
public protocol Diarizer: Sendable {
    /// Starts diarization of one recording.
    ///
    /// Reads the reference recordings of known speakers, so it may take a while.
    /// - Throws: ``DiarizationError``, ``AudioError`` or ``InferenceError``.
    func makeSession(_ options: DiarizationOptions) async throws -> any DiarizationSession

    /// The voice in a recording of one person.
    /// - Parameters:
    ///   - reference: A few seconds of the voice; at most 30 s are listened to.
    ///   - name: Whose it is, for messages.
    /// - Throws: ``DiarizationError`` when the recording holds no voice or several, ``AudioError`` or
    ///   ``InferenceError``.
    func voicePrint(of reference: AudioInput, name: String) async throws -> VoicePrint
}

/// Who spoke when in one recording, front to back.
///
/// One caller at a time. Memory grows with the number of local speakers found, not with the audio.
public protocol DiarizationSession: Sendable {
    /// Takes the next samples of the recording.
    /// - Throws: ``InferenceError`` or `CancellationError`
    func push(_ window: AudioWindow) async throws

    /// Who speaks from a moment on, decided from what was heard so far. Names keep their meaning in later calls where
    /// possible.
    /// - Parameter startSeconds: What lies before is of no interest.
    /// - Throws: ``InferenceError`` or `CancellationError`
    func currentActivity(from startSeconds: Double) async throws -> SpeakerActivity

    /// Ends the recording and decides about the speakers over the whole of it.
    /// - Throws: ``InferenceError`` or `CancellationError`
    func finish() async throws -> SpeakerActivity
}

/// Who spoke when: turns, and a posterior per frame to join words with.
public struct SpeakerActivity: Sendable, Hashable {
    /// Names in order of first appearance.
    public var speakers: [String]
    /// Turns in order of time; different speakers' turns may overlap.
    public var turns: [SpeakerTurn]
    /// The same with one speaker at a time.
    public var exclusiveTurns: [SpeakerTurn]
    /// Where the first frame of ``activity`` lies in the recording.
    public var startSeconds: Double
    /// Seconds per frame of ``activity``.
    public var frameSeconds: Double
    /// Posterior, 0...1, that a speaker talks in a frame: `activity[speaker][frame]`, the same length for each.
    public var activity: [[Float]]

    /// Makes an activity.
    public init(
        speakers: [String], turns: [SpeakerTurn], exclusiveTurns: [SpeakerTurn] = [], startSeconds: Double = 0,
        frameSeconds: Double, activity: [[Float]]
    ) {
        self.speakers = speakers
        self.turns = turns
        self.exclusiveTurns = exclusiveTurns
        self.startSeconds = startSeconds
        self.frameSeconds = frameSeconds
        self.activity = activity
    }

    /// Nobody.
    public static let none = SpeakerActivity(speakers: [], turns: [], frameSeconds: 1, activity: [])

    /// End of what has been decided, in seconds from the recording's start.
    public var endSeconds: Double { startSeconds + Double(activity.first?.count ?? 0) * frameSeconds }
}
