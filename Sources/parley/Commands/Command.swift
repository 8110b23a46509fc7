import ParleyAPI

/// A row of the table of commands.
struct Command: Sendable {
    /// The word after `parley`.
    let name: String
    /// One sentence without a full stop.
    let summary: String
    /// What follows the options, as the usage line shows it; empty for nothing.
    let operands: String
    /// Paragraphs of the help below the usage line.
    let discussion: [String]
    /// Options of this command alone.
    let options: [OptionSpec]
    /// Settings whose flags it takes; empty for none.
    let settings: SettingScope
    /// Does the work.
    let run: @Sendable (Invocation) async throws -> ExitCode

    init(
        _ name: String, operands: String = "", options: [OptionSpec] = [], settings: SettingScope = [],
        summary: String, discussion: [String] = [], run: @escaping @Sendable (Invocation) async throws -> ExitCode
    ) {
        self.name = name
        self.operands = operands
        self.options = options
        self.settings = settings
        self.summary = summary
        self.discussion = discussion
        self.run = run
    }

    /// The flags of its settings and the file of settings.
    var settingOptions: [OptionSpec] {
        guard !settings.isEmpty else { return [] }
        return [OptionSpec("config", .value("FILE"), "Configuration file")]
            + SettingsTable.settings(for: settings).map(\.option)
    }

    /// Everything that its command line may hold.
    var allOptions: [OptionSpec] { options + settingOptions }

    /// The page that `--help` shows.
    var help: String {
        let page = HelpText()
        let tail = operands.isEmpty ? "" : " \(operands)"
        var text = "Usage: parley \(name) [OPTION...]\(tail)\n\n\(summary).\n"
        for paragraph in discussion {
            text += "\n" + WordWrap.lines(paragraph, width: page.width).joined(separator: "\n") + "\n"
        }
        text += page.section("Options", options: options + [.help])
        text += page.section("Settings (see docs/configuration.md)", options: settingOptions)
        return text
    }
}

/// What a command is run with.
struct Invocation: Sendable {
    /// The command line.
    let arguments: ParsedArguments
    /// The settings in force.
    let configuration: Configuration
    /// Standard output and standard error.
    let console: Console
    /// Files that must not outlive the process.
    let temporaryFiles: TemporaryFiles
    /// How long stopping may take.
    let stopDeadline: StopDeadline
    /// What builds the parts that do the work.
    let composition: Composition

    var settings: Settings { configuration.settings }

    /// Prints a JSON document on one line.
    func printJSON(_ value: JSONValue) throws { try console.print(value.text + "\n") }

    /// Refuses operands where a command takes none.
    func expectNoOperands() throws(UsageError) {
        if let first = arguments.operands.first { throw UsageError("unexpected operand \(first)") }
    }
}
