import ParleyCore
import ParleyPipeline

/// A request for a transcription or a translation, checked against the model's contract.
struct TranscriptionRequest: Sendable {
    var model: ModelDirectory.Entry
    /// What the transcriber is told; without known speakers, whose recordings are still to be read.
    var options: TranscriptionOptions
    var format: TranscriptFormat
    var rendering: RenderingOptions
    /// Whether the answer is a stream of events.
    var streams: Bool
    var knownSpeakerNames: [String]
    /// `data:` URLs, one for each name.
    var knownSpeakerReferences: [String]
    /// Stored voices to be recognised.
    var speakerProfiles: VoiceProfileSelection?

    /// Checks the fields.
    /// - Parameters:
    ///   - detection: How speech is found where the request does not say it.
    ///   - decoding: How the text is searched for where the request does not say it.
    /// - Throws: ``APIError`` that names the first wrong field.
    init(
        form: UploadForm, table: ParameterTable, task: TranscriptionTask, models: ModelDirectory,
        detection: SpeechDetectionOptions, decoding: DecodingOptions
    ) throws {
        let values = try ParameterValues(form.fields, table: table)
        guard let modelName = values.text("model") else {
            throw APIError.invalid("model", "The field 'model' is required.", code: "missing_required_parameter")
        }
        model = try models.entry(for: modelName)
        guard let recording = form.recording else {
            throw APIError.invalid("file", "The part 'file' is required.", code: "missing_required_parameter")
        }
        let rules = ModelRules(model: model, values: values, task: task)
        format = try rules.format()
        streams = try rules.streams(format)
        try rules.checkAvailability()
        try rules.checkContract(format: format)
        let names = values.texts("known_speaker_names")
        let channels = try rules.channels(names: names)
        // Where channels are apart the names are theirs, and there is no voice to compare.
        knownSpeakerNames = channels == .mix ? names : []
        knownSpeakerReferences = values.texts("known_speaker_references")
        try rules.checkKnownSpeakers(names: knownSpeakerNames, referenceCount: knownSpeakerReferences.count)

        speakerProfiles = VoiceProfileSelection(values.texts("speaker_profiles"))

        options = TranscriptionOptions()
        options.modelID = model.descriptor.id
        options.task = task
        options.language = try rules.language()
        options.candidateLanguages = options.language == nil ? values.texts("languages") : []
        options.prompt = values.text("prompt")
        options.keywords = values.texts("keywords")
        options.temperature = values.number("temperature") ?? 0
        options.track = values.integer("track")
        options.speechDetection = (values.chunkingStrategy ?? .automatic).speechDetection(detection)
        options.channels = channels
        options.diarization = channels == .mix ? try rules.diarization(format: format) : nil
        options.emitsSegmentsEarly = streams
        options.decoding = values.decoding(over: decoding)

        rendering = RenderingOptions()
        rendering.usage = model.contract.usage
        rendering.includesLogProbabilities = values.texts("include").contains("logprobs")
        rendering.promptWordCount = options.prompt?.split(whereSeparator: \.isWhitespace).count ?? 0
        rendering.recordingName = recording.displayName
        rendering.showsSpeakers = values.boolean("speaker_labels") ?? true
        rendering.isExclusive = values.boolean("exclusive_turns") ?? false
        let granularities = values.texts("timestamp_granularities").compactMap(TimestampGranularity.init(rawValue:))
        if !granularities.isEmpty { rendering.granularities = Set(granularities) }
        options.decoding.alignsWords = needsWordTimes
    }
}

extension TranscriptionRequest {
    /// Whether segments say who spoke.
    var tellsSpeakers: Bool { options.diarization != nil || options.channels != .mix }

    /// Whether anything in the answer depends on when each word was spoken.
    private var needsWordTimes: Bool {
        if tellsSpeakers { return true }
        switch format {
        case .srt, .vtt, .diarizedJSON, .rttm: return true
        case .verboseJSON: return rendering.granularities.contains(.word)
        case .json, .text, .tsv: return false
        }
    }
}

/// The rules that concern several fields at once, or a field and the model.
struct ModelRules {
    let model: ModelDirectory.Entry
    let values: ParameterValues
    let task: TranscriptionTask

    /// The asked format, if the model has it.
    func format() throws -> TranscriptFormat {
        let allowed = task == .translate ? ModelContract.whisperFormats : model.contract.formats
        guard let name = values.text("response_format") else { return .json }
        guard let format = TranscriptFormat(rawValue: name), allowed.contains(format) else {
            throw unsupportedFormat(name, allowed, "the model '\(model.contract.id)'")
        }
        return format
    }

    /// Whether to stream; a model that doesn't stream ignores the wish.
    func streams(_ format: TranscriptFormat) throws -> Bool {
        guard values.boolean("stream") == true, model.contract.streams else { return false }
        guard ModelContract.streamedFormats.contains(format) else {
            let allowed = model.contract.formats.filter(ModelContract.streamedFormats.contains)
            throw unsupportedFormat(format.rawValue, allowed, "stream=true")
        }
        return true
    }

    private func unsupportedFormat(_ name: String, _ allowed: [TranscriptFormat], _ subject: String) -> APIError {
        .invalid(
            "response_format",
            "response_format '\(name)' is not compatible with \(subject). "
                + "Permitted values: \(quotedList(allowed.map(\.rawValue))).",
            code: "unsupported_value")
    }

    /// Refuses what nothing here can do.
    func checkAvailability() throws {
        if task == .translate, !model.descriptor.canTranslate {
            throw APIError.invalid(
                "model",
                "The model '\(model.contract.id)' can't translate on this server: "
                    + "it only writes down speech in its own language.",
                code: "unsupported_value")
        }
        for name in ParameterTable.unavailableFeatures where values.boolean(name) == true {
            throw APIError.invalid(
                name, "'\(name)' is not available on this server yet; leave it out or send 'false'.",
                code: "unsupported_value")
        }
    }

    /// Refuses fields that the model's contract does not have.
    func checkContract(format: TranscriptFormat) throws {
        let contract = model.contract
        try refuse("prompt", unless: contract.allowsPrompt)
        try refuse("include", unless: contract.allowsLogProbabilities)
        try refuse("timestamp_granularities", unless: contract.allowsGranularities)
        try refuse("languages", unless: contract.allowsCandidates)
        try refuse("keywords", unless: contract.allowsCandidates)
        try require("include", format: format, is: .json)
        try require("timestamp_granularities", format: format, is: .verboseJSON)
        if contract.requiresChunkingStrategy, values.chunkingStrategy == nil {
            throw APIError.invalid(
                "chunking_strategy",
                "chunking_strategy is required for the model '\(contract.id)'. Permitted values: 'auto', "
                    + "or an object with the type 'server_vad'.")
        }
    }

    private func refuse(_ name: String, unless isAllowed: Bool) throws {
        guard !isAllowed, values.has(name) else { return }
        throw APIError.invalid(
            name, "'\(name)' is not supported for the model '\(model.contract.id)'.", code: "unsupported_value")
    }

    private func require(_ name: String, format: TranscriptFormat, is required: TranscriptFormat) throws {
        guard values.has(name), format != required else { return }
        throw APIError.invalid(
            name, "'\(name)' needs response_format '\(required.rawValue)', not '\(format.rawValue)'.")
    }

    /// The language to assume: the given one, or the only candidate that the model knows.
    func language() throws -> String? {
        let known = model.descriptor.languages
        func unsupported(_ name: String, _ codes: [String]) -> APIError {
            .invalid(
                name,
                "The model '\(model.contract.id)' does not know \(quotedList(codes)). Its languages: "
                    + "\(quotedList(known)).",
                code: "unsupported_language")
        }
        if let language = values.text("language") {
            guard known.contains(language) else { throw unsupported("language", [language]) }
            return language
        }
        let candidates = values.texts("languages")
        guard !candidates.isEmpty else { return nil }
        let usable = candidates.filter(known.contains)
        guard let first = usable.first else { throw unsupported("languages", candidates) }
        return usable.count == 1 ? first : nil
    }

    /// What becomes of the channels; where they are apart nothing may ask for voices to be compared.
    func channels(names: [String]) throws -> ChannelMode {
        guard values.text("channels") == "split" else { return .mix }
        let voices = ["num_speakers", "min_speakers", "max_speakers", "known_speaker_references", "speaker_profiles"]
        if let name = voices.first(where: values.has) {
            throw APIError.invalid(
                name, "'\(name)' can't be combined with channels=split, where each channel is one speaker.")
        }
        if values.boolean("enable_speaker_diarization") == false {
            throw APIError.invalid(
                "enable_speaker_diarization", "'false' contradicts channels=split, where each channel is one speaker.")
        }
        try checkNames(names)
        return .split(names: names)
    }

    /// One name for each reference, all different.
    func checkKnownSpeakers(names: [String], referenceCount: Int) throws {
        guard names.count == referenceCount else {
            throw APIError.invalid(
                names.count < referenceCount ? "known_speaker_names" : "known_speaker_references",
                "known_speaker_names[] and known_speaker_references[] go together by index, "
                    + "but there are \(names.count) names and \(referenceCount) references.")
        }
        try checkNames(names)
    }

    private func checkNames(_ names: [String]) throws {
        guard Set(names).count == names.count else {
            throw APIError.invalid("known_speaker_names", "Every name may be given only once.")
        }
        for name in names where name.count > 64 || name.allSatisfy(\.isWhitespace) || name.contains(where: \.isNewline)
        {
            throw APIError.invalid("known_speaker_names", "A name must have 1 to 64 characters on one line.")
        }
    }

    /// Diarization if anything asks for it: the model, the format, the switch, a number of speakers, known or stored voices.
    func diarization(format: TranscriptFormat) throws -> DiarizationOptions? {
        let asking = ["num_speakers", "min_speakers", "max_speakers", "known_speaker_names", "speaker_profiles"]
            .first(where: values.has)
        let isSwitchedOn = values.boolean("enable_speaker_diarization")
        let isNeeded = model.contract.diarizes || format.needsSpeakers || asking != nil
        if isSwitchedOn == false, isNeeded {
            let cause = asking ?? (format.needsSpeakers ? "response_format" : "model")
            throw APIError.invalid(
                "enable_speaker_diarization", "'false' contradicts the field '\(cause)', which needs diarization.")
        }
        guard isSwitchedOn == true || isNeeded else { return nil }
        var options = DiarizationOptions()
        options.speakerCount = try speakerCount()
        return options
    }

    private func speakerCount() throws -> SpeakerCount {
        let minimum = values.integer("min_speakers")
        let maximum = values.integer("max_speakers")
        if let count = values.integer("num_speakers") {
            guard minimum == nil, maximum == nil else {
                throw APIError.invalid(
                    "num_speakers", "'num_speakers' can't be combined with 'min_speakers' and 'max_speakers'.")
            }
            return .exactly(count)
        }
        if let minimum, let maximum, minimum > maximum {
            throw APIError.invalid("min_speakers", "'min_speakers' is greater than 'max_speakers'.")
        }
        return .automatic(minimum: minimum, maximum: maximum)
    }
}
