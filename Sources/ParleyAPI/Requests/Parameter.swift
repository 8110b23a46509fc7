/// A field of a request: the one description from which values are checked and `/openapi.json` is written.
struct Parameter: Sendable {
    /// What values a field takes.
    enum Kind: Sendable, Hashable {
        /// The recording.
        case file
        /// Free text.
        case text
        /// A model id.
        case model
        /// An ISO 639-1 code.
        case language
        /// One of the listed words.
        case choice([String])
        /// A decimal number within bounds.
        case number(ClosedRange<Double>)
        /// A whole number within bounds.
        case integer(ClosedRange<Int>)
        /// `true` or `false`.
        case boolean
        /// Texts.
        case texts(maximumCount: Int)
        /// ISO 639-1 codes.
        case languages
        /// Some of the listed words.
        case choices([String])
        /// `data:` URLs with recordings.
        case dataURLs
        /// `auto` or a `server_vad` object.
        case chunkingStrategy

        /// Whether the field may come several times, with `[]` after its name or without.
        var isList: Bool {
            switch self {
            case .texts, .languages, .choices, .dataURLs: true
            case .file, .text, .model, .language, .choice, .number, .integer, .boolean, .chunkingStrategy: false
            }
        }
    }

    /// The name without brackets.
    var name: String
    var kind: Kind
    var isRequired = false
    /// For people, in OpenAPI.
    var summary: String
    /// What is assumed when it is not sent, in OpenAPI.
    var defaultValue: JSONValue?
    /// Whether OpenAI's API does not have it.
    var isExtension = false

    /// The name as OpenAI's clients send it.
    var wireName: String { kind.isList ? name + "[]" : name }
}

/// The fields of a route.
struct ParameterTable: Sendable {
    let parameters: [Parameter]

    /// The parameter with a name without brackets.
    func parameter(named name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// The name without what follows the first bracket.
    func baseName(_ wireName: String) -> String { String(wireName.prefix { $0 != "[" }) }

    /// The parameter that a part belongs to, in any encoding that clients use: `name`, `name[]`, `name[0]`, and
    /// `name[key]` for objects.
    /// - Throws: ``APIError`` for a name that the route does not have.
    func parameter(forWireName wireName: String) throws -> Parameter {
        let base = baseName(wireName)
        let suffix = wireName.dropFirst(base.count)
        if let parameter = parameter(named: base), accepts(suffix, for: parameter) { return parameter }
        let shown = String(wireName.prefix(100))
        let hint = nearestName(to: base).map { " Did you mean '\($0)'?" } ?? ""
        throw APIError.invalid(shown, "Unknown parameter: '\(shown)'.\(hint)", code: "unknown_parameter")
    }

    private func accepts(_ suffix: Substring, for parameter: Parameter) -> Bool {
        if suffix.isEmpty { return true }
        guard suffix.hasSuffix("]") else { return false }
        let key = suffix.dropFirst().dropLast()
        if parameter.kind == .chunkingStrategy { return !key.isEmpty && !key.contains("[") && !key.contains("]") }
        return parameter.kind.isList && key.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private func nearestName(to name: String) -> String? {
        guard name.count <= 64 else { return nil }
        let nearest = parameters.map { ($0.wireName, editDistance($0.name, name)) }.min { $0.1 < $1.1 }
        guard let nearest, nearest.1 <= max(2, name.count / 3) else { return nil }
        return nearest.0
    }

    /// Levenshtein's distance.
    private func editDistance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (line, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in right.indices {
                let substitution = diagonal + (character == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
