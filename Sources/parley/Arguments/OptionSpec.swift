/// What follows an option's name.
enum OptionValue: Sendable, Hashable {
    /// Nothing: the option is there or not.
    case flag
    /// Nothing, but `--no-NAME` says the opposite.
    case onOff
    /// A value, shown as this placeholder in the help.
    case value(String)
}

/// One option of a command, as a row of the command's table.
struct OptionSpec: Sendable, Hashable {
    /// The long name without dashes.
    let name: String
    /// What follows it.
    let value: OptionValue
    /// One letter for `-x`; nil for none.
    let short: Character?
    /// Whether every occurrence counts; otherwise the last one does.
    let isRepeatable: Bool
    /// What holds when it is not given, as shown; nil shows nothing.
    let defaultText: String?
    /// One sentence without a full stop.
    let help: String

    init(
        _ name: String, _ value: OptionValue, short: Character? = nil, isRepeatable: Bool = false,
        default defaultText: String? = nil, _ help: String
    ) {
        self.name = name
        self.value = value
        self.short = short
        self.isRepeatable = isRepeatable
        self.defaultText = defaultText
        self.help = help
    }

    /// An option without a value.
    static func flag(_ name: String, short: Character? = nil, _ help: String) -> OptionSpec {
        OptionSpec(name, .flag, short: short, help)
    }

    /// Every command has it.
    static let help = flag("help", short: "h", "Show this help and end")

    /// How the option is written in the help: `-o, --output DIR`.
    var usage: String {
        let letter = short.map { "-\($0), " } ?? "    "
        switch value {
        case .flag: return "\(letter)--\(name)"
        case .onOff: return "\(letter)--[no-]\(name)"
        case .value(let placeholder): return "\(letter)--\(name) \(placeholder)"
        }
    }
}
