public import ParleyCore

/// The forms in which a transcript is written, named as `response_format` names them.
///
/// Rendering is a pure function of the transcript and ``RenderingOptions``; the API and the command line share it.
public enum TranscriptFormat: String, Sendable, CaseIterable {
    /// OpenAI's short form: the text and what it cost.
    case json
    /// The text alone, one line per segment and speaker when speakers are known.
    case text
    /// SubRip subtitles.
    case srt
    /// OpenAI's long form: segments, or words, with times.
    case verboseJSON = "verbose_json"
    /// WebVTT subtitles (W3C WebVTT).
    case vtt
    /// OpenAI's form with speakers.
    case diarizedJSON = "diarized_json"
    /// Speaker turns (NIST Rich Transcription Time Marked).
    case rttm
    /// Tab-separated start and end in milliseconds and text, as openai-whisper writes.
    case tsv

    /// Value of the `Content-Type` header.
    public var contentType: String {
        switch self {
        case .json, .verboseJSON, .diarizedJSON: "application/json"
        case .text, .rttm: "text/plain; charset=utf-8"
        case .srt: "application/x-subrip; charset=utf-8"
        case .vtt: "text/vtt; charset=utf-8"
        case .tsv: "text/tab-separated-values; charset=utf-8"
        }
    }

    /// What a file of this form is called after the dot.
    public var fileExtension: String {
        switch self {
        case .text: "txt"
        case .srt, .vtt, .rttm, .tsv, .json: rawValue
        case .verboseJSON: "verbose.json"
        case .diarizedJSON: "diarized.json"
        }
    }

    /// Whether the form is about speakers, so that asking for it asks for diarization.
    public var needsSpeakers: Bool { self == .diarizedJSON || self == .rttm }

    /// Writes a transcript.
    /// - Returns: The whole document as UTF-8 text. JSON has no line break at its end; the other forms do.
    public func render(_ transcript: Transcript, options: RenderingOptions = RenderingOptions()) -> String {
        let labelled = options.showsSpeakers ? transcript : transcript.withoutSpeakers
        return switch self {
        case .json: JSONFormat.document(transcript, options: options).text
        case .text: TextFormat.document(labelled)
        case .srt: SubRipFormat.document(labelled)
        case .verboseJSON: VerboseJSONFormat.document(transcript, options: options).text
        case .vtt: WebVTTFormat.document(labelled)
        case .diarizedJSON: DiarizedJSONFormat.document(transcript, options: options).text
        case .rttm:
            RTTMFormat.document(
                transcript, isExclusive: options.isExclusive, recordingName: options.recordingName)
        case .tsv: TSVFormat.document(transcript)
        }
    }
}

/// Which times `verbose_json` carries.
public enum TimestampGranularity: String, Sendable, CaseIterable {
    /// Times of words.
    case word
    /// Times of segments.
    case segment
}

/// What a rendering is told beyond the transcript.
public struct RenderingOptions: Sendable {
    /// Which times `verbose_json` carries.
    ///
    /// Default: segments.
    public var granularities: Set<TimestampGranularity> = [.segment]
    /// Whether `json` carries the log probability of each word.
    ///
    /// Default: no.
    public var includesLogProbabilities = false
    /// How the cost is reported in `json` and `diarized_json`.
    ///
    /// Default: by duration.
    public var usage = UsageKind.duration
    /// Words of the prompt, counted as text tokens in ``UsageKind/tokens``.
    ///
    /// Default 0.
    public var promptWordCount = 0
    /// What `rttm` calls the recording; characters other than letters, digits, `-`, `_` and `.` are replaced.
    public var recordingName = "recording"
    /// Whether `text`, `srt` and `vtt` name the speakers that are known.
    ///
    /// Default: yes.
    public var showsSpeakers = true
    /// Whether `rttm` shows one speaker at a time.
    ///
    /// Default: no.
    public var isExclusive = false

    /// The defaults.
    public init() {}
}

extension Transcript {
    /// The same as if nobody had been told apart.
    fileprivate var withoutSpeakers: Transcript {
        var transcript = self
        for index in segments.indices { transcript.segments[index].speaker = nil }
        return transcript
    }
}
