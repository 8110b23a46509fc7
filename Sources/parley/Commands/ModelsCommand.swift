import ParleyAPI
import ParleyHub
import ParleySpeech

/// `parley models list`, `pull ID`, `remove ID`.
enum ModelsCommand {
    static let command = Command(
        "models", operands: "list | pull ID | remove ID",
        options: [
            .flag("json", "Print JSON"),
            OptionSpec(
                "precision", .value("NAME"), default: "int8, which suits processors",
                "pull: format of the weights: \(precisionNames); a comma list or all"),
            OptionSpec("revision", .value("NAME"), default: "main", "pull: branch, tag or commit of the repository"),
            .flag("anyway", "pull: also a model that this version can't run"),
            .flag("quiet", short: "q", "No progress and no notes; errors are still shown"),
        ],
        settings: .models, summary: "List the models, pull them from the model hub, remove them",
        discussion: [
            """
            ID is one of the list or owner/name of a repository on the hub. A pull that was stopped goes on where it \
            was. Files are installed when all of them are there and their checksums are right.
            """
        ]
    ) { invocation in
        let operands = invocation.arguments.operands
        switch (operands.first, operands.count) {
        case ("list", 1): return try list(invocation)
        case ("pull", 2): return try await ModelPullRun(invocation, id: operands[1]).perform()
        case ("remove", 2): return try await remove(operands[1], invocation)
        case ("pull", _), ("remove", _): throw UsageError("models \(operands[0]) needs one id")
        case (nil, _): throw UsageError("models needs an operand: list, pull ID or remove ID")
        case ("list", _): throw UsageError("unexpected operand \(operands[1])")
        case (let word?, _): throw UsageError.unknown("operand", word, among: ["list", "pull", "remove"])
        }
    }

    private static let precisionNames = Precision.allCases.map(\.rawValue).joined(separator: ", ")

    private static func list(_ invocation: Invocation) throws -> ExitCode {
        let list = ModelList(models: invocation.composition.models(invocation.settings))
        if invocation.arguments.flag("json") {
            try invocation.printJSON(list.json)
        } else {
            try invocation.console.print(list.text)
        }
        return .success
    }

    private static func remove(_ id: String, _ invocation: Invocation) async throws -> ExitCode {
        let console = invocation.console
        let isQuiet = invocation.arguments.flag("quiet")
        let byteCount = try await invocation.composition.remove(id, invocation.settings) {
            if !isQuiet { console.note("parley: another parley works on \(id); waiting for it") }
        }
        if invocation.arguments.flag("json") {
            try invocation.printJSON(["id": .string(id), "state": "removed", "bytes": .int(byteCount)])
        } else if !isQuiet {
            try console.print("\(id) is removed (\(ByteCount.rounded(byteCount)))\n")
        }
        return .success
    }
}
