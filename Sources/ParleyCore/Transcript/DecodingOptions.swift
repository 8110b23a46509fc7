/// How a recogniser with tokens searches for the text, and when it does not believe a result.
///
/// Names and defaults follow openai/whisper (`DecodingOptions` and `transcribe`), with the beam of its command line.
/// Recognisers without tokens have no use for them.
public struct DecodingOptions: Sendable, Hashable {
    /// Hypotheses kept beside each other at temperature 0; 1 is greedy search.
    public var beamSize = 5
    /// Finished hypotheses, in beams, after which the search ends.
    public var patience = 1.0
    /// Exponent of Google NMT's length normalisation, 0...1; nil divides by the length.
    public var lengthPenalty: Double?
    /// Samples drawn at a temperature above 0, of which the most probable is kept.
    public var bestOf = 5
    /// What is added to the temperature when a result is not believed, up to 1; 0 tries once.
    public var temperatureIncrement = 0.2
    /// Text that compresses better than this repeats itself and is not believed; nil believes it.
    public var compressionRatioThreshold: Double? = 2.4
    /// A mean log-probability below this is not believed; nil believes it.
    public var logProbabilityThreshold: Double? = -1.0
    /// Above this probability of no speech, and below the threshold of the log-probability, the window is silent; nil
    /// never says so.
    public var noSpeechThreshold: Double? = 0.6
    /// Whether the text of a window is the prompt of the next one: windows of one recording are then decoded in turn.
    public var conditionsOnPreviousText = false
    /// Whether marks of time are decoded with the text.
    public var usesTimestamps = true
    /// The latest start of the first word.
    public var maximumInitialTimestamp: Duration = .seconds(1)
    /// Whether a window may not begin with a blank or be empty.
    public var suppressesBlank = true
    /// Tokens that are never decoded; -1 stands for the model's own list.
    public var suppressedTokens = [-1]
    /// Most tokens in a window; nil for half of the model's context.
    public var maximumTokenCount: Int?
    /// Whether a text never ends before ``maximumTokenCount``: for measurements with networks that have not learned to.
    public var isEndless = false
    /// Text that looks made up is dropped where it stands alone between pauses of this length; nil keeps it.
    public var hallucinationSilence: Duration?
    /// Whether each word's time is found from the model's attention, where the model gives it away.
    public var alignsWords = true

    /// The defaults.
    public init() {}
}
