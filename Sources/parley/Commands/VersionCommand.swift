import ParleyAPI

/// `parley version`.
enum VersionCommand {
    static let command = Command(
        "version", options: [.flag("json", "Print JSON")], summary: "Print the version of Parley"
    ) { invocation in
        try invocation.expectNoOperands()
        if invocation.arguments.flag("json") {
            try invocation.printJSON([
                "version": .string(ParleyVersion.current), "swift": .string(ParleyVersion.compiler),
            ])
        } else {
            try invocation.console.print("Parley \(ParleyVersion.current)\n")
        }
        return .success
    }
}
