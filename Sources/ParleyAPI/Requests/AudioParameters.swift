extension ParameterTable {
    /// The fields of `POST /v1/audio/transcriptions`.
    static let transcriptions = ParameterTable(parameters: transcriptionFields + decoding)

    private static let transcriptionFields = [
        file, model,
        Parameter(
            name: "language", kind: .language,
            summary: "Language of the speech as an ISO 639-1 code; found out by the model when it is not given."),
        Parameter(
            name: "languages", kind: .languages,
            summary: "Candidate languages as ISO 639-1 codes. Only for gpt-transcribe and this server's own models."),
        Parameter(
            name: "keywords", kind: .texts(maximumCount: 100),
            summary: "Words and phrases to be expected. Only for gpt-transcribe and this server's own models."),
        prompt,
        Parameter(
            name: "response_format", kind: .choice(TranscriptFormat.allCases.map(\.rawValue)),
            summary: "Form of the answer. OpenAI's model names allow what OpenAI's models allow.",
            defaultValue: "json"),
        temperature,
        Parameter(
            name: "include", kind: .choices(["logprobs"]),
            summary: "`logprobs` adds the log probability of each word to `json` and to the events of a stream."),
        Parameter(
            name: "timestamp_granularities", kind: .choices(TimestampGranularity.allCases.map(\.rawValue)),
            summary: "Which times `verbose_json` carries.", defaultValue: ["segment"]),
        Parameter(
            name: "stream", kind: .boolean,
            summary: "Answer with server-sent events while the work goes on. Ignored for whisper-1.",
            defaultValue: false),
        Parameter(
            name: "chunking_strategy", kind: .chunkingStrategy,
            summary: "How speech is found: `auto`, or an object of type `server_vad`. Required for "
                + "gpt-4o-transcribe-diarize."),
        Parameter(
            name: "known_speaker_names", kind: .texts(maximumCount: 4),
            summary: "Names of speakers whose voices are given in `known_speaker_references[]`, by index."),
        Parameter(
            name: "known_speaker_references", kind: .dataURLs,
            summary: "Recordings of 2 to 10 seconds as `data:` URLs, one for each name."),
        Parameter(
            name: "speaker_profiles", kind: .texts(maximumCount: 100),
            summary: "Stored speakers to be recognised: `all`, or names. Only where the server keeps speakers.",
            isExtension: true),
        Parameter(
            name: "enable_speaker_diarization", kind: .boolean,
            summary: "Tell speakers apart, in every response format that can show them.", isExtension: true),
        speakers("num_speakers", "How many speakers there are; found out when it is not given."),
        speakers("min_speakers", "The least number of speakers to be found."),
        speakers("max_speakers", "The greatest number of speakers to be found."),
        Parameter(
            name: "channels", kind: .choice(["mix", "split"]),
            summary: "`split`: each channel is one speaker, as in recordings of calls, named in the order of "
                + "`known_speaker_names[]` or by letters. `mix`: all channels together.",
            defaultValue: "mix", isExtension: true),
        Parameter(
            name: "speaker_labels", kind: .boolean,
            summary: "Whether `text`, `srt` and `vtt` name the speakers when they are told apart.",
            defaultValue: true, isExtension: true),
        Parameter(
            name: "exclusive_turns", kind: .boolean,
            summary: "Whether `rttm` shows one speaker at a time: in an overlap whoever is heard best.",
            defaultValue: false, isExtension: true),
        Parameter(
            name: "track", kind: .integer(0...255),
            summary: "Which audio track of the file, counted from 0; the first when it is not given.",
            isExtension: true),
        unavailable("enable_vocal_separation", "Separate voices from music first."),
        unavailable("enable_punctuation_restoration", "Restore punctuation and capital letters."),
        unavailable("align", "Refine the words' times by forced alignment."),
    ]

    /// The fields of `POST /v1/audio/translations`.
    static let translations = ParameterTable(parameters: translationFields + decoding)

    private static let translationFields = [
        file, model, prompt,
        Parameter(
            name: "response_format", kind: .choice(["json", "text", "srt", "verbose_json", "vtt"]),
            summary: "Form of the answer.", defaultValue: "json"),
        temperature,
    ]

    /// Features that have a field but no implementation yet: `true` is refused, `false` is accepted.
    static let unavailableFeatures = ["enable_vocal_separation", "enable_punctuation_restoration", "align"]

    static let file = Parameter(
        name: "file", kind: .file, isRequired: true,
        summary:
            "The recording: any audio or video file that FFmpeg reads, such as flac, mp3, mp4, m4a, ogg, wav, webm."
    )
    private static let model = Parameter(
        name: "model", kind: .model, isRequired: true,
        summary: "A model of this server, or one of OpenAI's names, which stand for its default model.")
    private static let prompt = Parameter(
        name: "prompt", kind: .text, summary: "Text that precedes the recording, or names and terms that occur in it.")
    private static let temperature = Parameter(
        name: "temperature", kind: .number(0...1), summary: "Sampling temperature.", defaultValue: 0)

    private static func speakers(_ name: String, _ summary: String) -> Parameter {
        Parameter(name: name, kind: .integer(1...64), summary: summary, isExtension: true)
    }

    private static func unavailable(_ name: String, _ summary: String) -> Parameter {
        Parameter(
            name: name, kind: .boolean, summary: summary + " Not available yet: only `false` is accepted.",
            defaultValue: false, isExtension: true)
    }
}
