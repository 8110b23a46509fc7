import ParleyCore
import ParleyInference

/// How models with tokens search for the text. Names as faster-whisper and openai/whisper have them.
extension SettingsTable {
    static let batching: [Setting] = [
        Setting(
            "compute_type", .automaticChoice, \.models.precision,
            automatic: "int8 on a processor, float16 on a GPU, where the model has them",
            "Weights that are loaded"),
        Setting(
            "batch_size", .integer(1...1_024), \.batching.maximumBatch, aliases: ["WHISPERX_BATCH_SIZE"],
            "Windows of all requests that are decoded together, counted in texts: a beam of 5 counts as 5"),
        Setting(
            "batch_wait", .duration(.zero ... .seconds(10)), \.batching.maximumWait,
            "How long an idle model waits for more windows before it begins a batch that is not full"),
    ]

    static let decoding: [Setting] = [
        Setting(
            "beam_size", .integer(1...32), \.decoding.beamSize,
            "Texts that are kept beside each other while a window is decoded; 1 is quickest"),
        Setting(
            "patience", .number(0.1...10), \.decoding.patience,
            "Finished texts, in beams, after which beam search ends"),
        Setting(
            "length_penalty", .automaticNumber(0...1), \.decoding.lengthPenalty,
            automatic: "texts are compared by their mean log-probability",
            "Exponent of the length by which texts are compared"),
        Setting(
            "best_of", .integer(1...32), \.decoding.bestOf,
            "Texts that are drawn at temperatures above 0, of which the likeliest is taken"),
        Setting(
            "temperature_increment", .number(0...1), \.decoding.temperatureIncrement,
            "Added to the temperature each time a text is not believed, up to 1; 0 tries once"),
        Setting(
            "compression_ratio_threshold", .switchableNumber(0...100), \.decoding.compressionRatioThreshold,
            "A text that compresses better repeats itself and is not believed; `off` believes it"),
        Setting(
            "log_prob_threshold", .switchableNumber(-100...0), \.decoding.logProbabilityThreshold,
            "A text with a lower mean log-probability is not believed; `off` believes it"),
        Setting(
            "no_speech_threshold", .switchableNumber(0...1), \.decoding.noSpeechThreshold,
            "A window with a higher probability of silence and an improbable text is silent; `off` never says so"),
        Setting(
            "condition_on_previous_text", .switchedOn, \.decoding.conditionsOnPreviousText,
            "Give each window the text before it; its recording is then decoded window after window"),
        Setting(
            "timestamps", .switchedOn, \.decoding.usesTimestamps,
            "Decode marks of time with the text; without them a window is one segment"),
        Setting(
            "max_initial_timestamp", .duration(.zero ... .seconds(30)), \.decoding.maximumInitialTimestamp,
            "Latest start of a window's first word"),
        Setting(
            "hallucination_silence", .switchableDuration(.zero ... .seconds(30)), \.decoding.hallucinationSilence,
            "Text that looks made up is dropped where it stands between pauses of this length; `off` keeps it"),
    ]
}

extension SettingType where Value == DeviceRequest {
    /// A device; `true` and `false` are what other servers' `USE_GPU` takes.
    static var device: Self {
        Self(
            "DEVICE", permitted: "`auto`, `cpu`, `cuda`, `cuda:N`, `tensorrt` or `tensorrt:N`",
            format: { $0.description },
            parse: { text in
                if let usesGPU = SettingType<Bool>.switchedOn.value(text) { return DeviceRequest(usesGPU: usesGPU) }
                return try? DeviceRequest(parsing: text)
            })
    }
}

extension SettingType where Value == WeightPrecision? {
    static var automaticChoice: Self { SettingType<WeightPrecision>.choice.orWord("auto") }
}

extension SettingType where Value == Double? {
    /// A number, or `off`.
    static func switchableNumber(_ range: ClosedRange<Double>) -> Self {
        SettingType<Double>.number(range).orWord("off")
    }
}

extension SettingType where Value == Duration? {
    /// A time, or `off`.
    static func switchableDuration(_ range: ClosedRange<Duration>) -> Self {
        SettingType<Duration>.duration(range).orWord("off")
    }
}
