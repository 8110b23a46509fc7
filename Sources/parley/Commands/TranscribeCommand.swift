import ParleyAPI
import ParleyCore

/// `parley transcribe FILE...`.
enum TranscribeCommand {
    static let command = Command(
        "transcribe", operands: "FILE...",
        options: [
            OptionSpec(
                "format", .value("NAME"), short: "f", isRepeatable: true,
                default: "pretty on a terminal, otherwise text",
                "Form of the transcript: \(OutputFormat.all.map(\.name).joined(separator: ", ")); several with --output"
            ),
            .flag("json", "Short for --format json"),
            OptionSpec("output", .value("DIR"), short: "o", "Write files named after the inputs into this folder"),
            OptionSpec("language", .value("CODE"), short: "l", "Spoken language, ISO 639-1"),
            OptionSpec("speakers", .value("N"), "Exactly this many speakers"),
            OptionSpec("min-speakers", .value("N"), "At least this many speakers"),
            OptionSpec("max-speakers", .value("N"), "At most this many speakers"),
            OptionSpec("track", .value("N"), default: "0", "Audio track, counted from 0"),
            .flag("quiet", short: "q", "No progress and no summary; errors are still shown"),
        ],
        settings: .transcribe, summary: "Transcribe recordings",
        discussion: [
            """
            FILE is any audio or video that FFmpeg reads; - is standard input. Speakers are told apart unless \
            --no-diarize is given. One input that fails does not stop the others.
            """,
            """
            Without --output transcripts go to standard output, several with a heading each, except JSON (one document \
            on each line) and RTTM. With --output each is written as DIR/STEM.EXTENSION, replacing an older file; \
            inputs of the same stem are numbered. Progress and a summary go to standard error.
            """,
        ]
    ) { invocation in
        let run = TranscribeRun(try TranscribeRequest(invocation), invocation)
        return try await run.perform()
    }
}

/// What the command line of `parley transcribe` asks for, checked.
struct TranscribeRequest: Sendable {
    let inputs: [PlannedInput]
    let formats: [OutputFormat]
    /// nil is standard output.
    let outputFolder: String?
    let options: TranscriptionOptions
    let isQuiet: Bool

    init(_ invocation: Invocation) throws(UsageError) {
        let arguments = invocation.arguments
        inputs = try InputPlan.make(arguments.operands)
        outputFolder = arguments.value("output")
        isQuiet = arguments.flag("quiet")
        let isTerminal = invocation.console.output.terminalWidth != nil
        formats = try Self.formats(arguments, toFiles: outputFolder != nil, isTerminal: isTerminal)
        options = try Self.options(arguments, invocation.settings)
    }

    private static func formats(
        _ arguments: ParsedArguments, toFiles: Bool, isTerminal: Bool
    ) throws(UsageError) -> [OutputFormat] {
        var formats: [OutputFormat] = []
        for name in arguments.list("format") + (arguments.flag("json") ? ["json"] : []) {
            let format = try OutputFormat.named(name)
            if !formats.contains(format) { formats.append(format) }
        }
        if formats.isEmpty { return [isTerminal && !toFiles ? .pretty : .api(.text)] }
        guard formats.count == 1 || toFiles else { throw UsageError("several formats need --output DIR") }
        return formats
    }

    private static func options(
        _ arguments: ParsedArguments, _ settings: Settings
    ) throws(UsageError) -> TranscriptionOptions {
        var options = TranscriptionOptions()
        if let language = arguments.value("language")?.lowercased() {
            guard (2...3).contains(language.count), language.allSatisfy({ $0.isASCII && $0.isLetter }) else {
                throw UsageError("--language takes an ISO 639-1 code such as en, not '\(language)'")
            }
            options.language = language
        }
        options.track = try arguments.integer("track", in: 0...1_000)
        options.speechDetection = settings.speechDetection
        options.decoding = settings.decoding
        options.diarization = try diarization(arguments, settings)
        return options
    }

    private static func diarization(
        _ arguments: ParsedArguments, _ settings: Settings
    ) throws(UsageError) -> DiarizationOptions? {
        let exact = try arguments.integer("speakers", in: 1...100)
        let minimum = try arguments.integer("min-speakers", in: 1...100)
        let maximum = try arguments.integer("max-speakers", in: 1...100)
        if exact != nil, minimum != nil || maximum != nil {
            throw UsageError("--speakers can't be combined with --min-speakers or --max-speakers")
        }
        if let minimum, let maximum, minimum > maximum {
            throw UsageError("--min-speakers \(minimum) is more than --max-speakers \(maximum)")
        }
        let isAsked = exact != nil || minimum != nil || maximum != nil
        guard settings.diarization.isDefault else {
            // A count in the command asks for speakers, unless the same command says otherwise.
            guard isAsked else { return nil }
            guard arguments.value("diarize") != "false" else {
                throw UsageError("--no-diarize can't be combined with a number of speakers")
            }
            return options(exact, minimum, maximum)
        }
        return options(exact, minimum, maximum)
    }

    private static func options(_ exact: Int?, _ minimum: Int?, _ maximum: Int?) -> DiarizationOptions {
        var options = DiarizationOptions()
        options.speakerCount = exact.map { .exactly($0) } ?? .automatic(minimum: minimum, maximum: maximum)
        return options
    }
}
