/// The checked values of a request's fields.
///
/// Fields that were not sent, or sent empty, have none.
struct ParameterValues: Sendable {
    private enum Value: Sendable {
        case text(String)
        case number(Double)
        case integer(Int)
        case boolean(Bool)
        case texts([String])
        case chunkingStrategy(ChunkingStrategy)
    }

    private var values: [String: Value] = [:]

    /// Checks the fields against a table.
    /// - Throws: ``APIError`` that names the field and, where they are few, the permitted values.
    init(_ fields: [UploadForm.Field], table: ParameterTable) throws {
        var parts: [String: [(key: String, value: String)]] = [:]
        for field in fields {
            let parameter = try table.parameter(forWireName: field.name)
            guard !field.value.isEmpty else { continue }
            let key = field.name.dropFirst(parameter.name.count).filter { $0 != "[" && $0 != "]" }
            parts[parameter.name, default: []].append((String(key), field.value))
        }
        for parameter in table.parameters {
            guard let sent = parts[parameter.name] else { continue }
            values[parameter.name] = try Self.value(sent, for: parameter)
        }
    }

    func text(_ name: String) -> String? { if case .text(let value)? = values[name] { value } else { nil } }
    func number(_ name: String) -> Double? { if case .number(let value)? = values[name] { value } else { nil } }
    func integer(_ name: String) -> Int? { if case .integer(let value)? = values[name] { value } else { nil } }
    func boolean(_ name: String) -> Bool? { if case .boolean(let value)? = values[name] { value } else { nil } }
    func texts(_ name: String) -> [String] { if case .texts(let value)? = values[name] { value } else { [] } }
    var chunkingStrategy: ChunkingStrategy? {
        if case .chunkingStrategy(let value)? = values["chunking_strategy"] { value } else { nil }
    }
    /// Whether the field has a value.
    func has(_ name: String) -> Bool { values[name] != nil }

    private static func value(_ sent: [(key: String, value: String)], for parameter: Parameter) throws -> Value? {
        let texts = sent.map(\.value)
        switch parameter.kind {
        case .chunkingStrategy: return try ChunkingStrategy(fields: sent).map { .chunkingStrategy($0) }
        case .texts(let maximumCount):
            guard texts.count <= maximumCount else {
                throw APIError.invalid(parameter.name, "At most \(maximumCount) values are allowed.")
            }
            return .texts(texts)
        case .dataURLs: return .texts(texts)
        case .languages: return .texts(try texts.map { try language($0, for: parameter.name) })
        case .choices(let allowed):
            for text in texts { try check(text, isAmong: allowed, for: parameter.name) }
            return .texts(texts)
        case .file, .text, .model, .language, .choice, .number, .integer, .boolean:
            guard texts.count == 1 else {
                throw APIError.invalid(parameter.name, "The field is given more than once.")
            }
            return try single(texts[0], for: parameter)
        }
    }

    private static func single(_ text: String, for parameter: Parameter) throws -> Value? {
        let name = parameter.name
        switch parameter.kind {
        case .language: return .text(try language(text, for: name))
        case .choice(let allowed):
            try check(text, isAmong: allowed, for: name)
            return .text(text)
        case .number(let range):
            guard let number = Double(text), range.contains(number) else {
                throw APIError.invalid(
                    name, "'\(shown(text))' is not a number from \(range.lowerBound) to \(range.upperBound).")
            }
            return .number(number)
        case .integer(let range):
            guard let integer = Int(text), range.contains(integer) else {
                throw APIError.invalid(
                    name, "'\(shown(text))' is not a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return .integer(integer)
        case .boolean: return try boolean(text, for: name).map { .boolean($0) }
        case .file, .text, .model, .texts, .languages, .choices, .dataURLs, .chunkingStrategy: return .text(text)
        }
    }

    /// `null` counts as not sent; `1`, `0` and capital letters are what scripts send.
    private static func boolean(_ text: String, for name: String) throws -> Bool? {
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        case "null", "none": return nil
        default: throw APIError.invalid(name, "'\(shown(text))' is neither 'true' nor 'false'.")
        }
    }

    private static func language(_ text: String, for name: String) throws -> String {
        let code = text.lowercased()
        if Language.englishNames[code] != nil { return code }
        let suggestion = Language.code(ofEnglishName: code) ?? String(code.prefix { $0.isLetter })
        let hint = Language.englishNames[suggestion] == nil ? "" : " Did you mean '\(suggestion)'?"
        throw APIError.invalid(
            name, "'\(shown(text))' is not an ISO 639-1 language code such as 'en'.\(hint)", code: "invalid_language")
    }

    private static func check(_ text: String, isAmong allowed: [String], for name: String) throws {
        guard !allowed.contains(text) else { return }
        throw APIError.invalid(
            name, "'\(shown(text))' is not a permitted value. Permitted values: \(quotedList(allowed)).")
    }

    /// What a client sent, short enough for a message.
    private static func shown(_ text: String) -> String {
        text.count > 60 ? text.prefix(60) + "…" : text
    }
}

/// The values in quotes, separated by commas.
func quotedList(_ values: [String]) -> String { values.map { "'\($0)'" }.joined(separator: ", ") }
