/// A token that a recogniser chose.
public struct Token: Sendable, Hashable {
    /// Its number in the recogniser's vocabulary.
    public var id: Int
    /// The bytes that it stands for; part of a character when a character takes several tokens.
    public var bytes: [UInt8]
    /// Natural logarithm of its probability, at most 0.
    public var logProbability: Double

    /// Makes a token.
    public init(id: Int, bytes: [UInt8], logProbability: Double) {
        self.id = id
        self.bytes = bytes
        self.logProbability = logProbability
    }
}

/// A word of a transcript.
public struct Word: Sendable, Hashable {
    /// The word as it is to be shown, without surrounding blanks; never empty.
    public var text: String
    /// Where it was spoken.
    public var span: TimeSpan
    /// How sure the recogniser is, 0...1: a posterior or the mean token probability.
    public var probability: Double
    /// Who spoke it; nil without diarization.
    public var speaker: String?
    /// Whether it follows the word before it without a blank, as in Chinese and Japanese.
    public var joinsPrevious: Bool
    /// Whether the recogniser began a new line of subtitles with it.
    public var beginsSegment: Bool
    /// The tokens that it is made of; empty for recognisers without tokens.
    public var tokens: [Token]

    /// Makes a word.
    public init(
        text: String, span: TimeSpan, probability: Double, speaker: String? = nil, joinsPrevious: Bool = false,
        beginsSegment: Bool = false, tokens: [Token] = []
    ) {
        self.text = text
        self.span = span
        self.probability = probability
        self.speaker = speaker
        self.joinsPrevious = joinsPrevious
        self.beginsSegment = beginsSegment
        self.tokens = tokens
    }
}

extension Sequence<Word> {
    /// The words as running text: with blanks between them where the language has blanks.
    public var runningText: String {
        reduce(into: "") { text, word in
            if !text.isEmpty, !word.joinsPrevious { text += " " }
            text += word.text
        }
    }
}

/// Consecutive words of one speaker (where speakers are known) within one stretch of speech: a line of subtitles.
public struct Segment: Sendable, Hashable {
    /// Running number from 0 within the transcript.
    public var id: Int
    /// From the first word's start to the last word's end.
    public var span: TimeSpan
    /// The words as running text, without leading or trailing blanks.
    public var text: String
    /// The words with their times.
    public var words: [Word]
    /// Token ids of the recogniser; empty for recognisers without tokens.
    public var tokens: [Int]
    /// Sampling temperature that produced the text; 0 is greedy or beam search.
    public var temperature: Double
    /// Mean natural logarithm of the token or word probabilities, at most 0.
    public var averageLogProbability: Double
    /// UTF-8 bytes of the text over its zlib-compressed bytes; above about 2.4 the text repeats itself.
    public var compressionRatio: Double
    /// Probability, 0...1, that the segment holds no speech.
    public var noSpeechProbability: Double
    /// Who spoke; nil without diarization.
    public var speaker: String?

    /// Makes a segment.
    public init(
        id: Int, span: TimeSpan, text: String, words: [Word], tokens: [Int] = [], temperature: Double = 0,
        averageLogProbability: Double, compressionRatio: Double, noSpeechProbability: Double, speaker: String? = nil
    ) {
        self.id = id
        self.span = span
        self.text = text
        self.words = words
        self.tokens = tokens
        self.temperature = temperature
        self.averageLogProbability = averageLogProbability
        self.compressionRatio = compressionRatio
        self.noSpeechProbability = noSpeechProbability
        self.speaker = speaker
    }
}

/// A stretch in which one speaker talks.
///
/// Turns of different speakers may overlap.
public struct SpeakerTurn: Sendable, Hashable {
    /// When.
    public var span: TimeSpan
    /// Who: a known name, or a letter from `A` on in order of first appearance.
    public var speaker: String
    /// Mean probability, 0...1, that the speaker talks in the turn.
    public var confidence: Double
    /// Seconds of the turn in which somebody else talks too.
    public var overlapSeconds: Double

    /// Makes a turn.
    public init(span: TimeSpan, speaker: String, confidence: Double = 1, overlapSeconds: Double = 0) {
        self.span = span
        self.speaker = speaker
        self.confidence = confidence
        self.overlapSeconds = overlapSeconds
    }
}

/// How much of the detected speech the recogniser has answered for.
///
/// No speech may be lost silently.
public struct SpeechCoverage: Sendable, Hashable {
    /// Seconds in which speech was detected.
    public var detectedSeconds: Double
    /// Seconds of detected speech for which the recogniser returned an answer, empty or not.
    public var decodedSeconds: Double

    /// Makes a coverage.
    public init(detectedSeconds: Double = 0, decodedSeconds: Double = 0) {
        self.detectedSeconds = detectedSeconds
        self.decodedSeconds = decodedSeconds
    }
}

/// The result of a transcription.
public struct Transcript: Sendable, Hashable {
    /// Id of the model that recognised the words.
    public var modelID: String
    /// What was asked for.
    public var task: TranscriptionTask
    /// Language of the text, ISO 639-1 (`en`).
    public var language: String
    /// Length of the decoded recording in seconds.
    public var durationSeconds: Double
    /// The text in order of time.
    public var segments: [Segment]
    /// Who spoke when; empty without diarization.
    public var turns: [SpeakerTurn]
    /// Who spoke when, one speaker at a time: in an overlap whoever is heard best.
    public var exclusiveTurns: [SpeakerTurn]
    /// Detected against decoded speech.
    public var coverage: SpeechCoverage
    /// What the reader should know, in plain sentences: damaged ends, gaps, ignored options.
    public var warnings: [String]

    /// Makes a transcript.
    public init(
        modelID: String, task: TranscriptionTask, language: String, durationSeconds: Double, segments: [Segment],
        turns: [SpeakerTurn] = [], exclusiveTurns: [SpeakerTurn] = [], coverage: SpeechCoverage = SpeechCoverage(),
        warnings: [String] = []
    ) {
        self.modelID = modelID
        self.task = task
        self.language = language
        self.durationSeconds = durationSeconds
        self.segments = segments
        self.turns = turns
        self.exclusiveTurns = exclusiveTurns
        self.coverage = coverage
        self.warnings = warnings
    }

    /// All segments' text, joined by a blank where the language has blanks.
    public var text: String {
        segments.reduce(into: "") { text, segment in
            if !text.isEmpty, segment.words.first?.joinsPrevious != true { text += " " }
            text += segment.text
        }
    }

    /// Names of the speakers in order of first appearance in the turns, then in the segments.
    public var speakers: [String] {
        var seen: [String] = []
        for speaker in turns.map(\.speaker) + segments.compactMap(\.speaker) where !seen.contains(speaker) {
            seen.append(speaker)
        }
        return seen
    }
}

/// What to do with the speech.
public enum TranscriptionTask: String, Sendable, Hashable, CaseIterable {
    /// Write down what is said, in its own language.
    case transcribe
    /// Write down what is said, in English.
    case translate
}
