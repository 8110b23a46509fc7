/// `parley help [COMMAND]`.
enum HelpCommand {
    static let command = Command("help", operands: "[COMMAND]", summary: "Show help, for Parley or for a command") {
        invocation in
        guard invocation.arguments.operands.count <= 1 else { throw UsageError("help takes one command") }
        if let name = invocation.arguments.operands.first {
            try invocation.console.print(try CommandTable.command(name).help)
        } else {
            try invocation.console.print(CommandTable.overview)
        }
        return .success
    }
}
