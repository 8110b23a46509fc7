extension ParameterTable {
    /// The JSON schema of the multipart form: closed, names as clients send them.
    func schema(models: [String]) -> JSONValue {
        .object([
            .init("type", "object"),
            .init("additionalProperties", false),
            .init("required", .array(parameters.filter(\.isRequired).map { .string($0.wireName) })),
            .init("properties", .object(parameters.map { .init($0.wireName, $0.schema(models: models)) })),
        ])
    }

    /// Content types of the parts that are not plain text.
    var encoding: JSONValue { ["file": ["contentType": "audio/*, video/*, application/octet-stream"]] }
}

extension Parameter {
    /// The JSON schema of one field.
    func schema(models: [String]) -> JSONValue {
        guard case .object(let members) = kind.schema(models: models) else { return .null }
        var all = members + [.init("description", .string(summary))]
        if let defaultValue { all.append(.init("default", defaultValue)) }
        if isExtension { all.append(.init("x-parley-extension", true)) }
        return .object(all)
    }
}

extension Parameter.Kind {
    fileprivate func schema(models: [String]) -> JSONValue {
        switch self {
        case .file: ["type": "string", "contentMediaType": "application/octet-stream"]
        case .text: ["type": "string"]
        case .model: ["type": "string", "examples": .array(models.map { .string($0) })]
        case .language: Self.languageSchema
        case .choice(let values): Self.choiceSchema(values)
        case .number(let range):
            ["type": "number", "minimum": .double(range.lowerBound), "maximum": .double(range.upperBound)]
        case .integer(let range):
            ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
        case .boolean: ["type": "boolean"]
        case .texts(let maximumCount):
            ["type": "array", "items": ["type": "string"], "maxItems": .int(maximumCount)]
        case .languages: ["type": "array", "items": Self.languageSchema, "minItems": 1]
        case .choices(let values): ["type": "array", "items": Self.choiceSchema(values)]
        case .dataURLs:
            ["type": "array", "items": ["type": "string", "pattern": "^data:[^,]*;base64,"], "maxItems": 4]
        case .chunkingStrategy:
            ["oneOf": [["type": "string", "const": "auto"], Self.serverVADSchema]]
        }
    }

    private static let languageSchema: JSONValue = ["type": "string", "pattern": "^[A-Za-z]{2}$"]

    private static func choiceSchema(_ values: [String]) -> JSONValue {
        ["type": "string", "enum": .array(values.map { .string($0) })]
    }

    private static let serverVADSchema: JSONValue = [
        "type": "object",
        "additionalProperties": false,
        "required": ["type"],
        "properties": [
            "type": ["type": "string", "const": "server_vad"],
            "threshold": ["type": "number", "minimum": 0, "maximum": 1, "default": 0.5],
            "prefix_padding_ms": [
                "type": "integer", "minimum": 0, "maximum": .int(ChunkingStrategy.maximumMilliseconds), "default": 300,
            ],
            "silence_duration_ms": [
                "type": "integer", "minimum": 0, "maximum": .int(ChunkingStrategy.maximumMilliseconds), "default": 200,
            ],
        ],
    ]
}
