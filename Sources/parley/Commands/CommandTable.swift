/// All commands, in the order in which the help lists them.
enum CommandTable {
    static let all: [Command] = [
        TranscribeCommand.command, DiarizeCommand.command, ScoreCommand.command, ServeCommand.command,
        SpeakersCommand.command, ModelsCommand.command, DoctorCommand.command, ConfigCommand.command,
        BenchCommand.command, VersionCommand.command, HelpCommand.command,
    ]

    /// - Throws: ``UsageError`` with the nearest name.
    static func command(_ name: String) throws(UsageError) -> Command {
        guard let command = all.first(where: { $0.name == name }) else {
            throw .unknown("command", name, among: all.map(\.name))
        }
        return command
    }

    /// The page of `parley --help`.
    static var overview: String {
        let page = HelpText()
        return """
            Parley \(ParleyVersion.current): turns recordings into transcripts that say who spoke.

            Usage: parley COMMAND [OPTION...] [OPERAND...]

            """ + page.section("Commands", all.map { ($0.name, $0.summary) })
                + page.section("Exit codes", ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) })
                + "\nparley help COMMAND shows the options of a command.\n"
    }
}
