/// One run of the program: from the words of the command line to the exit code.
struct ProgramRun: Sendable {
    let console: Console
    let composition: Composition
    let temporaryFiles: TemporaryFiles
    let stopDeadline: StopDeadline
    /// The process's environment.
    let environment: [String: String]

    /// Runs the command that the words name; what goes wrong ends up on standard error.
    ///
    /// - Parameter words: The command line without the program's name.
    func run(_ words: [String]) async -> ExitCode {
        defer { console.clearLine() }
        do {
            return try await perform(words)
        } catch let error as ConfigurationError {
            for warning in error.warnings { console.note("parley: warning: \(warning)") }
            for problem in error.problems { console.note("parley: \(problem)") }
            return .badConfiguration
        } catch let error as UsageError {
            console.note("parley: \(error.message)")
            console.note("parley: see parley help\(helpTopic(words))")
            return .usage
        } catch {
            let failure = CommandFailure(error)
            if failure.exitCode != .brokenPipe, failure.exitCode != .interrupted { console.report(failure) }
            return failure.exitCode
        }
    }

    private func perform(_ words: [String]) async throws -> ExitCode {
        guard let name = words.first else {
            console.note(CommandTable.overview)
            return .usage
        }
        if name == "--help" || name == "-h" {
            try console.print(CommandTable.overview)
            return .success
        }
        let command = try CommandTable.command(name == "--version" ? VersionCommand.command.name : name)
        let arguments = try ArgumentParser(options: command.allOptions).parse(Array(words.dropFirst()))
        if arguments.flag("help") {
            try console.print(command.help)
            return .success
        }
        let configuration = try configure(command, arguments)
        let invocation = Invocation(
            arguments: arguments, configuration: configuration, console: console, temporaryFiles: temporaryFiles,
            stopDeadline: stopDeadline, composition: composition)
        do {
            return try await command.run(invocation)
        } catch {
            let failure = CommandFailure(error)
            if let cause = failure.cause, configuration.settings.logging.level == .debug {
                console.note("parley: cause: \(cause)")
            }
            throw error
        }
    }

    /// The settings; commands that use none see the defaults and do not mind a broken file.
    private func configure(_ command: Command, _ arguments: ParsedArguments) throws -> Configuration {
        guard !command.settings.isEmpty else { return try ConfigurationResolver().resolve() }
        // An option of the command itself may have the name of a setting that does not matter to it.
        let names = Set(command.settingOptions.map(\.name))
        let flags = arguments.values.filter { names.contains($0.key) }.compactMapValues(\.last)
        let configuration = try ConfigurationResolver(environment: environment, flags: flags).resolve()
        for warning in configuration.warnings { console.note("parley: warning: \(warning)") }
        return configuration
    }

    private func helpTopic(_ words: [String]) -> String {
        guard let name = words.first, CommandTable.all.contains(where: { $0.name == name }) else { return "" }
        return " \(name)"
    }
}
