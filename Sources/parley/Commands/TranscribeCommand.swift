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
        ] + SpeakerCountOptions.specs + [
            SpeakerProfilesOption.spec,
            ChannelOption.spec,
            OptionSpec("speaker-labels", .onOff, default: "on", "Name the speakers in text, srt, vtt and pretty"),
            .flag("exclusive", "One speaker at a time in rttm: in an overlap whoever is heard best"),
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
    let inputs: InputRun.Request
    let formats: [OutputFormat]
    /// Without the stored voices, which are still to be read.
    let rendering: RenderingOptions
    let options: TranscriptionOptions
    let storedVoices: SpeakerProfilesOption

    init(_ invocation: Invocation) throws(UsageError) {
        let arguments = invocation.arguments
        inputs = try InputRun.Request(arguments, command: "transcribe")
        let isTerminal = invocation.console.output.terminalWidth != nil
        formats = try Self.formats(arguments, toFiles: inputs.outputFolder != nil, isTerminal: isTerminal)
        options = try Self.options(arguments, invocation.settings)
        var rendering = RenderingOptions()
        rendering.granularities = [.segment, .word]
        rendering.showsSpeakers = arguments.value("speaker-labels") != "false"
        rendering.isExclusive = arguments.flag("exclusive")
        self.rendering = rendering
        storedVoices = SpeakerProfilesOption(arguments)
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
        options.channels = try ChannelOption.mode(arguments, count: try SpeakerCountOptions.count(arguments))
        options.diarization = options.channels == .mix ? try diarization(arguments, settings) : nil
        return options
    }

    private static func diarization(
        _ arguments: ParsedArguments, _ settings: Settings
    ) throws(UsageError) -> DiarizationOptions? {
        let count = try SpeakerCountOptions.count(arguments)
        // A count or a stored speaker in the command asks for speakers, unless the same command says otherwise.
        let isAsked = count != nil || SpeakerProfilesOption(arguments).isGiven
        if !settings.diarization.isDefault, isAsked, arguments.value("diarize") == "false" {
            throw UsageError("--no-diarize can't be combined with a number of speakers or stored speakers")
        }
        guard settings.diarization.isDefault || isAsked else { return nil }
        var options = DiarizationOptions()
        options.speakerCount = count ?? .automatic()
        return options
    }
}
