import ParleyAPI

/// A model that Parley knows, and whether it is here.
struct InstalledModel: Sendable, Hashable {
    let id: String
    /// One line for people.
    let summary: String
    /// ISO 639-1 codes.
    let languages: [String]
    /// SPDX expression.
    let license: String
    /// Where its files are or would be.
    let path: String
    /// Bytes of its files.
    let byteCount: Int
    /// Files that it lacks; empty when it is installed.
    let missingFiles: [String]

    var isInstalled: Bool { missingFiles.isEmpty }
}

/// `parley models list`.
enum ModelsCommand {
    static let command = Command(
        "models", operands: "list", options: [.flag("json", "Print JSON")], settings: .all,
        summary: "List the models and whether they are installed"
    ) { invocation in
        guard invocation.arguments.operands == ["list"] else {
            let given = invocation.arguments.operands.first
            throw given.map { .unknown("operand", $0, among: ["list"]) } ?? UsageError("models needs an operand: list")
        }
        let models = invocation.composition.models(invocation.settings)
        if invocation.arguments.flag("json") {
            try invocation.printJSON(.object([.init("models", .array(models.map(json)))]))
        } else {
            try invocation.console.print(table(models))
        }
        return .success
    }

    private static func json(_ model: InstalledModel) -> JSONValue {
        [
            "id": .string(model.id), "state": .string(state(model)),
            "summary": .string(model.summary), "languages": .array(model.languages.map { .string($0) }),
            "licence": .string(model.license), "path": .string(model.path),
            "bytes": .int(model.byteCount), "missing_files": .array(model.missingFiles.map { .string($0) }),
        ]
    }

    private static func table(_ models: [InstalledModel]) -> String {
        models.map { model in
            let rows = [
                ("state", state(model)), ("summary", model.summary),
                ("languages", model.languages.joined(separator: ", ")),
                ("licence", model.license), ("path", model.path),
                ("size", ByteCount.rounded(model.byteCount)),
                ("missing", model.missingFiles.joined(separator: ", ")),
            ]
            let lines = rows.filter { !$0.1.isEmpty }.map { "  \($0.0.padding(to: 10)) \($0.1)\n" }
            return model.id + "\n" + lines.joined()
        }.joined()
    }

    private static func state(_ model: InstalledModel) -> String { model.isInstalled ? "installed" : "missing" }
}

extension String {
    /// Filled up with blanks.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
