import Foundation

/// A value that a setting does not take.
struct SettingValueError: Error, Sendable, Hashable {
    /// What it takes instead, to follow the setting's name: `takes ...`.
    var message: String
}

/// How a setting's text becomes a value and back, and what is permitted.
struct SettingType<Value: Sendable>: Sendable {
    /// Placeholder in the help: `N`, `DIR`.
    let placeholder: String
    /// What is permitted, with unit and range.
    let permitted: String
    let parse: @Sendable (String) throws(SettingValueError) -> Value
    let format: @Sendable (Value) -> String

    init(
        _ placeholder: String, permitted: String, format: @escaping @Sendable (Value) -> String,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.placeholder = placeholder
        self.permitted = permitted
        self.format = format
        self.parse = { text throws(SettingValueError) in
            guard let value = parse(text) else { throw SettingValueError(message: "takes \(permitted)") }
            return value
        }
    }

    /// The value of a text; nil when it is not permitted.
    func value(_ text: String) -> Value? { try? parse(text) }

    /// The same type with the word `auto`, which stands for "found out at start".
    fileprivate func orAutomatic() -> SettingType<Value?> { orWord("auto") }

    /// The same type with a word that stands for no value.
    func orWord(_ word: String) -> SettingType<Value?> {
        SettingType<Value?>(
            placeholder, permitted: "`\(word)` or \(permitted)", format: { $0.map(format) ?? word },
            parse: { text in
                if text.lowercased() == word { return .some(nil) }
                guard let value = try? parse(text) else { return nil }
                return .some(value)
            })
    }
}

extension SettingType where Value == String {
    /// Any text but the empty one.
    static func text(_ placeholder: String, permitted: String) -> Self {
        Self(placeholder, permitted: permitted, format: { $0 }, parse: { $0.isEmpty ? nil : $0 })
    }

    /// A secret, or `@PATH` for the first line of a file; may be empty.
    static let secret = Self(
        "TOKEN", permitted: "a token, or `@PATH` of a readable file that holds it", format: { $0 },
        parse: { text in
            guard text.hasPrefix("@") else { return String(text.trimmingBlanks) }
            let lines = try? String(contentsOfFile: String(text.dropFirst()), encoding: .utf8)
            return lines?.split(whereSeparator: \.isNewline).first.map { String($0.trimmingBlanks) }
        })

    /// The address of a server, without a slash at its end.
    static let webAddress = Self(
        "URL", permitted: "an address that begins with `https://` or `http://`", format: { $0 },
        parse: { text in
            let isWeb = ["https://", "http://"].contains { text.lowercased().hasPrefix($0) && text.count > $0.count }
            guard isWeb, !text.contains(where: { $0.isWhitespace || "@?#".contains($0) }) else { return nil }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        })

    static let path = text("PATH", permitted: "a path; a leading `~` is the home folder")
}

extension SettingType where Value == Int {
    static func integer(_ range: ClosedRange<Int>, _ unit: String = "") -> Self {
        let suffix = unit.isEmpty ? "" : " \(unit)"
        return Self(
            "N", permitted: "a whole number from \(range.lowerBound) to \(range.upperBound)\(suffix)",
            format: { String($0) }, parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } })
    }

    /// A size in bytes, or with a unit.
    static func bytes(_ range: ClosedRange<Int>) -> Self {
        let limits = "\(ByteCount.text(range.lowerBound)) to \(ByteCount.text(range.upperBound))"
        return Self(
            "SIZE", permitted: "a size from \(limits), in bytes or with `KiB`, `MiB`, `GiB`, `KB`, `MB`, `GB`",
            format: ByteCount.text, parse: { ByteCount.parse($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SettingType where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Self {
        Self(
            "X", permitted: "a number from \(range.lowerBound) to \(range.upperBound)", format: { "\($0)" },
            parse: { Double($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SettingType where Value == Duration {
    /// A time in seconds, or with a unit.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        let limits = "\(TimeText.text(range.lowerBound)) to \(TimeText.text(range.upperBound))"
        return Self(
            "TIME", permitted: "a time from \(limits), in seconds or with `ms`, `s`, `m`, `h`",
            format: TimeText.text, parse: { TimeText.parse($0).flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension SettingType where Value == Bool {
    static var switchedOn: Self {
        Self(
            "on|off", permitted: "`true` or `false` (also `on`, `off`, `yes`, `no`, `1`, `0`)",
            format: { $0 ? "true" : "false" },
            parse: { text in
                switch text.lowercased() {
                case "true", "on", "yes", "1": true
                case "false", "off", "no", "0": false
                default: nil
                }
            })
    }
}

extension SettingType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of an enumeration's names.
    static var choice: Self {
        let names = Value.allCases.map(\.rawValue)
        return Self(
            names.joined(separator: "|"), permitted: names.map { "`\($0)`" }.joined(separator: ", "),
            format: { $0.rawValue }, parse: { Value(rawValue: $0.lowercased()) })
    }
}

extension SettingType where Value == Int? {
    static func automaticInteger(_ range: ClosedRange<Int>) -> Self { SettingType<Int>.integer(range).orAutomatic() }
}

extension SettingType where Value == Double? {
    static func automaticNumber(_ range: ClosedRange<Double>) -> Self {
        SettingType<Double>.number(range).orAutomatic()
    }
}

extension SettingType where Value == String? {
    static var automaticPath: Self { SettingType<String>.path.orAutomatic() }
}

extension SettingType where Value == [String]? {
    /// A comma list of ids, or the word `none`.
    static func automaticList(_ placeholder: String) -> Self {
        SettingType<[String]>(
            placeholder, permitted: "`none` or a comma list",
            format: { $0.isEmpty ? "none" : $0.joined(separator: ",") },
            parse: { $0.lowercased() == "none" ? [] : SettingType<[String]>.entries($0) }
        ).orAutomatic()
    }
}

extension SettingType where Value == [String] {
    /// A comma list.
    static func list(_ placeholder: String, permitted: String) -> Self {
        Self(placeholder, permitted: permitted, format: { $0.joined(separator: ",") }, parse: { entries($0) })
    }

    /// A comma list, or `@PATH`: a file with one entry on each line and `#` comments.
    static var secrets: Self {
        Self(
            "KEY,...", permitted: "a comma list, or `@PATH` of a readable file with one entry on each line",
            format: { $0.joined(separator: ",") },
            parse: { text in
                guard text.hasPrefix("@") else { return entries(text) }
                guard let lines = try? String(contentsOfFile: String(text.dropFirst()), encoding: .utf8) else {
                    return nil
                }
                return lines.split(whereSeparator: \.isNewline).map { String($0.trimmingBlanks) }
                    .filter { !$0.isEmpty && !$0.hasPrefix("#") }
            })
    }

    fileprivate static func entries(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }
    }
}
