/// `docs/configuration.md`, made from the table of settings.
enum ConfigurationPage {
    static var markdown: String {
        introduction + SettingsTable.all.map(section).joined() + otherNames
    }

    private static let introduction = """
        <!-- Made by `parley config --markdown`; do not edit. -->
        # Configuration

        Every setting can be given in three places; a later one wins over an earlier one:

        1. a configuration file, named by `--config FILE` or the environment variable `PARLEY_CONFIG`,
        2. the environment variable,
        3. the flag of the command.

        The file has one `key = value` on each line. `#` begins a comment at the start of a line or after a blank. A
        value may stand in double quotes, with `\\"` and `\\\\` inside.

        ```
        # parley.conf
        host = 0.0.0.0
        api_keys = @/etc/parley/keys
        queue_timeout = 2m
        ```

        All sources are checked at start, and everything that is wrong is listed at once (exit code 78). Unknown keys
        in the file are errors; unknown variables that begin with `PARLEY_` are warnings. An empty environment
        variable counts as not set. `parley config` shows the settings in force and where each comes from.

        ## Settings

        """

    private static func section(_ setting: Setting) -> String {
        let aliases =
            setting.aliases.isEmpty
            ? "" : "- also read from: \(setting.aliases.map { "`\($0)`" }.joined(separator: ", "))\n"
        let fallback = setting.defaultText.isEmpty ? "none" : code(setting.defaultText)
        return """

            ### `\(setting.key)`
            \(setting.summary).

            - environment: `\(setting.environmentName)`
            - flag: `\(setting.isSwitch ? "--[no-]" : "--")\(setting.flag)`
            - takes: \(setting.permitted)
            - default: \(fallback)
            - used by: \(setting.scope.text)
            \(aliases)
            """
    }

    /// `auto: explanation` sets only the word in code.
    private static func code(_ text: String) -> String {
        guard let mark = text.firstRange(of: ": ") else { return "`\(text)`" }
        return "`\(text[..<mark.lowerBound])`\(text[mark.lowerBound...])"
    }

    private static var otherNames: String {
        """

        ## Names of other servers

        These variables are understood so that an existing environment keeps working; our own name wins.

        | variable | setting |
        |---|---|

        """
            + SettingsTable.all.flatMap { setting in setting.aliases.map { "| `\($0)` | `\(setting.key)` |\n" } }
            .joined()
            + SettingsTable.withoutEffect.map { "| `\($0.name)` | no effect: \($0.reason) |\n" }.joined()
    }
}
