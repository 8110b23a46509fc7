import ParleyTestSupport
import Testing

@testable import parley

/// `docs/cli.md` tells everything that the tables of commands and exit codes hold.
@Suite struct CommandPageTests {
    private let page: String

    init() throws { page = try RepositoryFile.text("docs/cli.md") }

    @Test func commandsAndTheirOwnOptions() {
        for command in CommandTable.all {
            #expect(page.contains("`parley \(command.name)"))
            for option in command.options where option.name != "markdown" {
                #expect(page.contains("--\(option.name)"), "\(command.name) --\(option.name)")
            }
        }
    }

    @Test(arguments: ExitCode.allCases)
    func exitCodes(_ code: ExitCode) {
        #expect(page.contains("| \(code.rawValue) | \(code.meaning) |\n"))
    }

    @Test(arguments: OutputFormat.all.map(\.name))
    func formats(_ name: String) {
        #expect(page.contains("`\(name)`"))
    }
}
