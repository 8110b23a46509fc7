import ParleyCore

/// The fields that say how a recogniser with tokens searches for the text. Names as openai/whisper and faster-whisper
/// have them; other recognisers have no use for them.
extension ParameterTable {
    static let decoding: [Parameter] = [
        field("beam_size", .integer(1...32), "Texts kept beside each other while a window is decoded; 1 is quickest."),
        field("patience", .number(0.1...10), "Finished texts, in beams, after which beam search ends."),
        field("length_penalty", .number(0...1), "Exponent of the length by which texts are compared."),
        field("best_of", .integer(1...32), "Texts drawn at temperatures above 0, of which the likeliest is taken."),
        field(
            "temperature_increment", .number(0...1),
            "Added to the temperature each time a text is not believed, up to 1; 0 tries once."),
        field(
            "compression_ratio_threshold", .number(0...100),
            "A text that compresses better repeats itself and is not believed."),
        field(
            "log_prob_threshold", .number(-100...0), "A text with a lower mean log-probability is not believed."),
        field(
            "no_speech_threshold", .number(0...1),
            "A window with a higher probability of silence and an improbable text is silent."),
        field(
            "condition_on_previous_text", .boolean,
            "Give each window the text before it; the recording is then decoded window after window."),
        field("without_timestamps", .boolean, "Decode no marks of time: a window is one segment."),
        field(
            "hallucination_silence_threshold", .number(0...30),
            "Text that looks made up is dropped where it stands between pauses of so many seconds."),
    ]

    private static func field(_ name: String, _ kind: Parameter.Kind, _ summary: String) -> Parameter {
        Parameter(name: name, kind: kind, summary: summary, isExtension: true)
    }
}

extension ParameterValues {
    /// The fields over what the server does without them.
    func decoding(over defaults: DecodingOptions) -> DecodingOptions {
        var options = defaults
        options.beamSize = integer("beam_size") ?? options.beamSize
        options.patience = number("patience") ?? options.patience
        options.lengthPenalty = number("length_penalty") ?? options.lengthPenalty
        options.bestOf = integer("best_of") ?? options.bestOf
        options.temperatureIncrement = number("temperature_increment") ?? options.temperatureIncrement
        options.compressionRatioThreshold = number("compression_ratio_threshold") ?? options.compressionRatioThreshold
        options.logProbabilityThreshold = number("log_prob_threshold") ?? options.logProbabilityThreshold
        options.noSpeechThreshold = number("no_speech_threshold") ?? options.noSpeechThreshold
        options.conditionsOnPreviousText = boolean("condition_on_previous_text") ?? options.conditionsOnPreviousText
        options.usesTimestamps = boolean("without_timestamps").map { !$0 } ?? options.usesTimestamps
        options.hallucinationSilence =
            number("hallucination_silence_threshold").map { .seconds($0) } ?? options.hallucinationSilence
        return options
    }
}
