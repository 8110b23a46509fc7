/// The commands that a setting matters to.
struct SettingScope: OptionSet, Sendable, Hashable {
    let rawValue: Int
    static let transcribe = SettingScope(rawValue: 1)
    static let serve = SettingScope(rawValue: 2)
    /// Looking after models.
    static let models = SettingScope(rawValue: 4)
    /// Looking after stored voices.
    static let speakers = SettingScope(rawValue: 8)
    /// Storing voices, also over the API.
    static let enrolment: SettingScope = [.serve, .speakers]
    /// Whatever listens to a recording.
    static let inference: SettingScope = [.transcribe, .serve, .speakers]
    /// Recognising speech.
    static let recognition: SettingScope = [.transcribe, .serve]
    static let all: SettingScope = [.transcribe, .serve, .models, .speakers]

    /// As the documentation says it.
    var text: String {
        switch self {
        case .transcribe: "transcribe"
        case .serve: "serve"
        case .models: "models"
        case .speakers: "speakers"
        case .enrolment: "serve, speakers"
        case .inference: "transcribe, serve, speakers"
        case .recognition: "transcribe, serve"
        default: "all"
        }
    }
}

/// One row of ``SettingsTable``: names, type, range, default and meaning of a setting, and where its value goes.
struct Setting: Sendable {
    /// Name in the configuration file; the names of flag and environment variable follow from it.
    let key: String
    /// Names that other servers use for the same thing, taken from the environment when ours is not set.
    let aliases: [String]
    let scope: SettingScope
    /// One sentence without a full stop.
    let summary: String
    let placeholder: String
    let permitted: String
    let defaultText: String
    let isSwitch: Bool
    /// Never to be shown.
    let isSecret: Bool
    /// Stores a text into the settings.
    let apply: @Sendable (String, inout Settings) throws(SettingValueError) -> Void
    /// The value as text.
    let read: @Sendable (Settings) -> String

    init<Value: Sendable>(
        _ key: String, _ type: SettingType<Value>, _ path: any WritableKeyPath<Settings, Value> & Sendable,
        aliases: [String] = [], scope: SettingScope = .recognition, automatic: String? = nil, isSecret: Bool = false,
        _ summary: String
    ) {
        self.key = key
        self.aliases = aliases
        self.scope = scope
        self.summary = summary
        placeholder = type.placeholder
        permitted = type.permitted
        let fallback = type.format(Settings()[keyPath: path])
        defaultText = automatic.map { "\(fallback): \($0)" } ?? fallback
        isSwitch = Value.self == Bool.self
        self.isSecret = isSecret
        apply = { text, settings throws(SettingValueError) in settings[keyPath: path] = try type.parse(text) }
        read = { type.format($0[keyPath: path]) }
    }

    /// Name of the environment variable.
    var environmentName: String { "PARLEY_" + key.uppercased() }
    /// Name of the flag without dashes.
    var flag: String { key.replacing("_", with: "-") }

    /// The flag as a command's option.
    var option: OptionSpec {
        OptionSpec(
            flag, isSwitch ? .onOff : .value(placeholder), default: defaultText.isEmpty ? nil : defaultText, summary)
    }

    /// The value for people: secrets are only counted.
    func shown(_ settings: Settings) -> String {
        let text = read(settings)
        guard isSecret, !text.isEmpty else { return text }
        return "(\(text.split(separator: ",").count) set)"
    }
}
