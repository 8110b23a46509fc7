import ParleyAPI

/// `parley config`.
enum ConfigCommand {
    static let command = Command(
        "config",
        options: [
            .flag("json", "Print JSON"),
            .flag("markdown", "Print the documentation of all settings instead of their values"),
        ],
        settings: .all, summary: "Print the settings in force and where each comes from",
        discussion: ["Secrets are counted, never printed."]
    ) { invocation in
        try invocation.expectNoOperands()
        if invocation.arguments.flag("markdown") {
            try invocation.console.print(ConfigurationPage.markdown)
        } else if invocation.arguments.flag("json") {
            try invocation.printJSON(json(invocation.configuration))
        } else {
            try invocation.console.print(text(invocation.configuration))
        }
        return .success
    }

    /// A configuration file that says the same; sources as comments.
    private static func text(_ configuration: Configuration) -> String {
        let rows = SettingsTable.all.map { setting in
            (
                assignment: "\(setting.key) = \(setting.shown(configuration.settings))",
                source: source(setting, configuration)
            )
        }
        let column = min(60, rows.map(\.assignment.count).max() ?? 0)
        return rows.map { row in
            let gap = String(repeating: " ", count: max(0, column - row.assignment.count))
            return "\(row.assignment)\(gap)  # \(row.source)\n"
        }.joined()
    }

    private static func json(_ configuration: Configuration) -> JSONValue {
        .object(
            SettingsTable.all.map { setting in
                .init(
                    setting.key,
                    [
                        "value": .string(setting.shown(configuration.settings)),
                        "source": .string(source(setting, configuration)),
                    ])
            })
    }

    private static func source(_ setting: Setting, _ configuration: Configuration) -> String {
        (configuration.sources[setting.key] ?? .builtIn).text
    }
}
