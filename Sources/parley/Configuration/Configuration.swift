import Foundation
import ParleyCore

/// Where a setting's value comes from.
enum SettingSource: Sendable, Hashable {
    case builtIn
    case file(path: String, line: Int)
    case environment(name: String)
    case flag(name: String)

    /// As messages name it.
    var text: String {
        switch self {
        case .builtIn: "default"
        case .file(let path, let line): "\(path):\(line)"
        case .environment(let name): "environment \(name)"
        case .flag(let name): "--\(name)"
        }
    }
}

/// The settings in force, where each comes from, and what was odd about the sources.
struct Configuration: Sendable {
    /// The values.
    let settings: Settings
    /// Where the values that are no defaults come from, by key.
    let sources: [String: SettingSource]
    /// Odd but harmless, one line each.
    let warnings: [String]
}

/// Everything that is wrong with the sources, at once.
struct ConfigurationError: Error, Sendable, Hashable {
    /// One line for each fault.
    let problems: [String]
    /// What is odd but harmless besides.
    var warnings: [String] = []
}

/// Puts the settings together: default, then file, then environment, then flag.
struct ConfigurationResolver: Sendable {
    /// The process's environment.
    var environment: [String: String] = [:]
    /// Flags of the command line by name.
    var flags: [String: String] = [:]
    /// Reads a file's text.
    var readFile: @Sendable (String) throws -> String = { try String(contentsOfFile: $0, encoding: .utf8) }

    private struct Work {
        var settings = Settings()
        var sources: [String: SettingSource] = [:]
        var problems: [String] = []
        var warnings: [String] = []

        mutating func set(_ setting: Setting, _ value: String, from source: SettingSource) {
            do throws(SettingValueError) {
                try setting.apply(value, &settings)
                sources[setting.key] = source
            } catch {
                let shown = setting.isSecret ? "the value" : "'\(value)'"
                problems.append("\(setting.key) \(error.message), not \(shown) (\(source.text))")
            }
        }
    }

    /// - Throws: ``ConfigurationError`` with all faults of all sources.
    func resolve() throws(ConfigurationError) -> Configuration {
        var work = Work()
        if let path = flags["config"] ?? environment["PARLEY_CONFIG"] { applyFile(path, to: &work) }
        applyEnvironment(to: &work)
        for setting in SettingsTable.all {
            if let value = flags[setting.flag] { work.set(setting, value, from: .flag(name: setting.flag)) }
        }
        checkTogether(&work)
        guard work.problems.isEmpty else { throw ConfigurationError(problems: work.problems, warnings: work.warnings) }
        expandPaths(&work.settings)
        return Configuration(settings: work.settings, sources: work.sources, warnings: work.warnings)
    }

    private func applyFile(_ path: String, to work: inout Work) {
        guard let text = try? readFile(expanded(path)) else {
            work.problems.append("the configuration file \(path) can't be read")
            return
        }
        let (entries, faults) = ConfigurationFile.parse(text)
        work.problems += faults.map { "\(path):\($0.line) \($0.message)" }
        var lines: [String: Int] = [:]
        for entry in entries {
            guard let setting = SettingsTable.all.first(where: { $0.key == entry.key }) else {
                let unknown = UsageError.unknown("setting", entry.key, among: SettingsTable.all.map(\.key))
                work.problems.append("\(path):\(entry.line) \(unknown.message)")
                continue
            }
            if let earlier = lines[entry.key] {
                work.problems.append("\(path):\(entry.line) sets \(entry.key) again; line \(earlier) does already")
            } else {
                lines[entry.key] = entry.line
                work.set(setting, entry.value, from: .file(path: path, line: entry.line))
            }
        }
    }

    private func applyEnvironment(to work: inout Work) {
        for setting in SettingsTable.all {
            let names = [setting.environmentName] + setting.aliases
            // An empty variable is what compose files make of one that is not set.
            guard let name = names.first(where: { environment[$0]?.isEmpty == false }), let value = environment[name]
            else { continue }
            work.set(setting, value, from: .environment(name: name))
        }
        for (name, reason) in SettingsTable.withoutEffect where environment[name] != nil {
            work.warnings.append("\(name) has no effect: \(reason)")
        }
        let known = SettingsTable.all.map(\.environmentName) + ["PARLEY_CONFIG"]
        for name in environment.keys.sorted() where name.hasPrefix("PARLEY_") && !known.contains(name) {
            // The tests' own variables.
            if name.hasPrefix("PARLEY_TEST_") { continue }
            work.warnings.append(UsageError.unknown("environment variable", name, among: known).message)
        }
    }

    private func checkTogether(_ work: inout Work) {
        let detection = work.settings.speechDetection
        if detection.offset > detection.onset {
            let source = work.sources["vad_offset"] ?? work.sources["vad_onset"] ?? .builtIn
            work.problems.append(
                "vad_offset takes at most the value of vad_onset, \(detection.onset), not '\(detection.offset)' "
                    + "(\(source.text))")
        }
    }

    private func expandPaths(_ settings: inout Settings) {
        settings.models.dataDirectory = expanded(settings.models.dataDirectory)
        settings.models.pocketSphinxModel = expanded(settings.models.pocketSphinxModel)
        settings.models.onnxRuntimeLibrary = settings.models.onnxRuntimeLibrary.map(expanded)
        settings.models.model = expanded(settings.models.model)
    }

    private func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return (environment["HOME"] ?? NSHomeDirectory()) + path.dropFirst()
    }
}
