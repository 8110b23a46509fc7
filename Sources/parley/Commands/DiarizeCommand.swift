import ParleyAPI
import ParleyCore
import ParleyPipeline

/// `parley diarize FILE...`.
enum DiarizeCommand {
    static let command = Command(
        "diarize", operands: "FILE...",
        options: [
            OptionSpec(
                "format", .value("NAME"), short: "f", isRepeatable: true,
                default: "text on a terminal, otherwise rttm",
                "Form of the turns: \(DiarizationFormat.allCases.map(\.rawValue).joined(separator: ", ")); several with "
                    + "--output"),
            .flag("exclusive", "One speaker at a time: in an overlap whoever is heard best"),
            OptionSpec("output", .value("DIR"), short: "o", "Write files named after the inputs into this folder"),
        ] + SpeakerCountOptions.specs + [
            SpeakerProfilesOption.spec,
            ChannelOption.spec,
            OptionSpec("track", .value("N"), default: "0", "Audio track, counted from 0"),
            .flag("quiet", short: "q", "No progress and no summary; errors are still shown"),
        ],
        settings: .transcribe, summary: "Tell who spoke when, without recognising words",
        discussion: [
            """
            FILE is any audio or video that FFmpeg reads; - is standard input. No recogniser is loaded. One input that \
            fails does not stop the others. RTTM calls a recording by its file name without the extension.
            """
        ]
    ) { invocation in
        let request = try DiarizeRequest(invocation)
        return try await DiarizeRun(request, invocation).perform()
    }
}

/// What the command line of `parley diarize` asks for, checked.
struct DiarizeRequest: Sendable {
    let inputs: InputRun.Request
    let formats: [DiarizationFormat]
    let isExclusive: Bool
    let track: Int?
    let channels: ChannelMode
    /// Without the stored voices, which are still to be read.
    let options: DiarizationOptions
    let storedVoices: SpeakerProfilesOption

    init(_ invocation: Invocation) throws(UsageError) {
        let arguments = invocation.arguments
        inputs = try InputRun.Request(arguments, command: "diarize")
        let isTerminal = invocation.console.output.terminalWidth != nil
        formats = try Self.formats(arguments, toFiles: inputs.outputFolder != nil, isTerminal: isTerminal)
        isExclusive = arguments.flag("exclusive")
        track = try arguments.integer("track", in: 0...1_000)
        let count = try SpeakerCountOptions.count(arguments)
        channels = try ChannelOption.mode(arguments, count: count)
        var options = DiarizationOptions()
        options.speakerCount = count ?? .automatic()
        self.options = options
        storedVoices = SpeakerProfilesOption(arguments)
    }

    private static func formats(
        _ arguments: ParsedArguments, toFiles: Bool, isTerminal: Bool
    ) throws(UsageError) -> [DiarizationFormat] {
        var formats: [DiarizationFormat] = []
        for name in arguments.list("format") {
            guard let format = DiarizationFormat(rawValue: name.lowercased()) else {
                throw .unknown("format", name, among: DiarizationFormat.allCases.map(\.rawValue))
            }
            if !formats.contains(format) { formats.append(format) }
        }
        if formats.isEmpty { return [isTerminal && !toFiles ? .text : .rttm] }
        guard formats.count == 1 || toFiles else { throw UsageError("several formats need --output DIR") }
        return formats
    }
}

/// Diarizes the inputs of one command.
struct DiarizeRun: Sendable {
    private let request: DiarizeRequest
    private let inputs: InputRun
    private let invocation: Invocation

    init(_ request: DiarizeRequest, _ invocation: Invocation) {
        self.request = request
        inputs = InputRun(request.inputs, invocation)
        self.invocation = invocation
    }

    /// - Returns: How the inputs went.
    /// - Throws: what stops the whole run.
    func perform() async throws -> ExitCode {
        try inputs.prepare()
        var options = request.options
        options.knownVoices = try await request.storedVoices.voices(invocation)
        let pipeline = try await invocation.composition.diarization(invocation.settings)
        return try await inputs.perform(verb: "diarized") { [options] audio, input, progress in
            let result =
                switch request.channels {
                case .mix:
                    try await pipeline.diarize(audio, track: request.track, options: options) {
                        progress.update($0)
                    }
                case .split(let names):
                    try await pipeline.diarizeChannels(
                        audio, track: request.track, names: names, detection: invocation.settings.speechDetection
                    ) { progress.update($0) }
                }
            let documents = request.formats.map { format in
                InputRun.Document(
                    fileExtension: format.fileExtension,
                    text: format.render(result, recordingName: input.outputStem, isExclusive: request.isExclusive),
                    describesItself: format != .text)
            }
            return InputRun.Outcome(
                documents: documents, summary: TranscriptionSummary(result, processing: progress.elapsed))
        }
    }
}
