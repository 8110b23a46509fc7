/// What one recogniser can do; shown by `/v1/models` and used to refuse what it can't.
public struct ModelDescriptor: Sendable, Hashable {
    /// The id that clients use (`bundled`).
    public var id: String
    /// One line for people.
    public var summary: String
    /// Who made it; OpenAI's `owned_by`.
    public var owner: String
    /// SPDX expression of the weights' licence.
    public var license: String
    /// Languages it recognises, ISO 639-1; the first is assumed when none is asked for.
    public var languages: [String]
    /// Whether it can write English for speech in another language.
    public var canTranslate: Bool
    /// Whether it uses a prompt or keywords.
    public var acceptsPrompt: Bool
    /// The longest window it takes.
    public var maximumWindow: Duration
    /// Speech is gathered over pauses until a window is this long.
    ///
    /// Recognisers that pay for a whole window however short it is want their maximum; others want little, so that
    /// results come early.
    public var preferredWindow: Duration
    /// A pause this long always ends a window.
    ///
    /// Default: a second.
    public var longestPause: Duration
    /// When the files were made, unix seconds.
    public var createdUnixSeconds: Int

    /// Makes a descriptor.
    public init(
        id: String, summary: String, owner: String, license: String, languages: [String], canTranslate: Bool,
        acceptsPrompt: Bool, maximumWindow: Duration, preferredWindow: Duration,
        longestPause: Duration = .seconds(1), createdUnixSeconds: Int
    ) {
        self.id = id
        self.summary = summary
        self.owner = owner
        self.license = license
        self.languages = languages
        self.canTranslate = canTranslate
        self.acceptsPrompt = acceptsPrompt
        self.maximumWindow = maximumWindow
        self.preferredWindow = preferredWindow
        self.longestPause = longestPause
        self.createdUnixSeconds = createdUnixSeconds
    }
}

/// What a recogniser is told about a window.
public struct RecognitionOptions: Sendable, Hashable {
    /// Transcribe or translate.
    public var task: TranscriptionTask
    /// ISO 639-1; nil lets the recogniser decide.
    public var language: String?
    /// The languages among which the recogniser decides; empty for all that it knows.
    public var candidateLanguages: [String] = []
    /// Text that precedes.
    public var prompt: String?
    /// Words to be expected.
    public var keywords: [String]
    /// Sampling temperature, 0...1.
    public var temperature: Double
    /// How the text is searched for, and when a result is not believed.
    public var decoding: DecodingOptions
    /// Tokens of the windows before this one, for ``DecodingOptions/conditionsOnPreviousText``.
    public var precedingTokens: [Int]
    /// Whose window it is, for fairness between requests.
    public var request: RequestID
    /// How urgent it is.
    public var priority: WorkPriority

    /// Makes options.
    public init(
        task: TranscriptionTask = .transcribe, language: String? = nil, prompt: String? = nil, keywords: [String] = [],
        temperature: Double = 0, decoding: DecodingOptions = DecodingOptions(), precedingTokens: [Int] = [],
        request: RequestID = RequestID(), priority: WorkPriority = .interactive
    ) {
        self.task = task
        self.language = language
        self.prompt = prompt
        self.keywords = keywords
        self.temperature = temperature
        self.decoding = decoding
        self.precedingTokens = precedingTokens
        self.request = request
        self.priority = priority
    }
}

/// What a recogniser heard in one window.
public struct WindowHypothesis: Sendable, Hashable {
    /// The words in order, times relative to the recording's start.
    public var words: [Word]
    /// Language, ISO 639-1.
    public var language: String
    /// How sure the recogniser is of the language, 0...1; nil when it was told.
    public var languageProbability: Double?
    /// Everything that was decoded, marks of time included; empty for recognisers without tokens.
    ///
    /// ``RecognitionOptions/precedingTokens`` of the next window is made of it.
    public var tokens: [Int]
    /// Temperature that produced the text.
    public var temperature: Double
    /// Mean log-probability of the tokens, at most 0; nil for recognisers without tokens.
    public var averageLogProbability: Double?
    /// UTF-8 bytes of the text over its zlib-compressed bytes; above about 2.4 the text repeats itself.
    public var compressionRatio: Double
    /// Probability, 0...1, that the window holds no speech.
    public var noSpeechProbability: Double

    /// Makes a hypothesis.
    public init(
        words: [Word], language: String, languageProbability: Double? = nil, tokens: [Int] = [],
        temperature: Double = 0, averageLogProbability: Double? = nil, compressionRatio: Double,
        noSpeechProbability: Double
    ) {
        self.words = words
        self.language = language
        self.languageProbability = languageProbability
        self.tokens = tokens
        self.temperature = temperature
        self.averageLogProbability = averageLogProbability
        self.compressionRatio = compressionRatio
        self.noSpeechProbability = noSpeechProbability
    }
}

/// A loaded recogniser, shared by all requests.
///
/// The same window with the same options gives the same hypothesis, whatever else runs at the same time.
public protocol SpeechRecognizer: Sendable {
    /// What it can do.
    var descriptor: ModelDescriptor { get }

    /// Windows it can work on at the same time; callers keep that many in flight.
    var concurrency: Int { get }

    /// Recognises one window. Waits for a free decoder; never blocks the cooperative pool.
    ///
    /// Cancelling the task stops the running decoder.
    /// - Parameters:
    ///   - window: At most ``ModelDescriptor/maximumWindow`` of audio.
    ///   - options: What is asked for.
    /// - Throws: ``RecognitionError``, ``InferenceError`` or `CancellationError`.
    func recognize(_ window: AudioWindow, options: RecognitionOptions) async throws -> WindowHypothesis
}
