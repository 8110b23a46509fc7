/// The OpenAPI 3.1 description of the API, made from the route table and the parameter tables.
struct OpenAPIDocument {
    let version: String
    /// Names that `model` takes.
    let models: [String]
    /// Whether the API has keys.
    let needsKey: Bool

    /// The whole document.
    var value: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Parley", "version": .string(version),
                "description": "Speech to text with speakers, compatible with OpenAI's audio API.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "paths": paths,
            "components": [
                "schemas": .object(ResponseSchemas.all.map { .init($0.name, $0.schema) }),
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private var paths: JSONValue {
        var patterns: [String] = []
        for route in RouteTable.routes where !patterns.contains(route.pattern) { patterns.append(route.pattern) }
        return .object(
            patterns.map { pattern in
                let routes = RouteTable.routes.filter { $0.pattern == pattern }
                return .init(pattern, .object(routes.map { .init($0.method.lowercased(), operation($0)) }))
            })
    }

    private func operation(_ route: Route) -> JSONValue {
        let operation = route.operation
        return .members([
            ("operationId", .string(operation.id)),
            ("tags", [.string(operation.tag)]),
            ("summary", .string(operation.summary)),
            ("security", route.isOpen || !needsKey ? [] : [["key": []]]),
            ("parameters", route.pattern.contains("{id}") ? [Self.idParameter] : nil),
            ("requestBody", operation.form.map(requestBody)),
            ("responses", responses(operation)),
        ])
    }

    private static let idParameter: JSONValue = [
        "name": "id", "in": "path", "required": true, "schema": ["type": "string"],
        "description": "The id of what is asked for.",
    ]

    private func requestBody(_ form: ParameterTable) -> JSONValue {
        [
            "required": true,
            "content": ["multipart/form-data": ["schema": form.schema(models: models), "encoding": form.encoding]],
        ]
    }

    private func responses(_ operation: Operation) -> JSONValue {
        var responses: [JSONValue.Member] = [.init(String(operation.successStatus), success(operation.success))]
        for (status, schema) in operation.alternatives.sorted(by: { $0.key < $1.key }) {
            responses.append(
                .init(
                    String(status),
                    ["description": status < 300 ? "Not yet." : "Not now.", "content": Self.json(schema)]))
        }
        for status in operation.errors { responses.append(.init(String(status), Self.error(status))) }
        responses.append(.init("default", ["description": "Any other error.", "content": Self.json("Error")]))
        return .object(responses)
    }

    private func success(_ success: Operation.Success) -> JSONValue {
        switch success {
        case .json(let schema): return ["description": "The answer.", "content": Self.json(schema)]
        case .metrics:
            return ["description": "The metrics.", "content": ["text/plain": ["schema": ["type": "string"]]]]
        case .empty: return ["description": "Done."]
        case .document:
            return ["description": "The document.", "content": ["application/json": ["schema": ["type": "object"]]]]
        case .transcription:
            return [
                "description": "The transcript in the asked format, or a stream of events.",
                "content": .object(
                    Self.transcripts(TranscriptFormat.allCases) + [.init("text/event-stream", Self.events)]),
            ]
        case .translation:
            return [
                "description": "The transcript in the asked format.",
                "content": .object(Self.transcripts(ModelContract.whisperFormats)),
            ]
        }
    }

    /// One media type for each content type of the formats.
    private static func transcripts(_ formats: [TranscriptFormat]) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        for format in formats {
            let mediaType = String(format.contentType.prefix { $0 != ";" })
            guard !members.contains(where: { $0.name == mediaType }) else { continue }
            let isJSON = mediaType == "application/json"
            let schemas = formats.compactMap(\.schemaName).map { reference($0) }
            members.append(
                .init(mediaType, ["schema": isJSON ? ["anyOf": .array(schemas)] : ["type": "string"]]))
        }
        return members
    }

    private static let events: JSONValue = [
        "schema": [
            "type": "string",
            "description": "Frames `data: <json>`; each JSON text is a StreamEvent, or an Error that ends the stream.",
        ],
        "example": .string(
            #"data: {"type":"transcript.text.delta","delta":"hello there"}"# + "\n\n"
                + #"data: {"type":"transcript.text.done","text":"hello there"}"# + "\n\n"),
    ]

    private static func json(_ schema: String) -> JSONValue { ["application/json": ["schema": reference(schema)]] }

    private static func reference(_ schema: String) -> JSONValue { ["$ref": .string("#/components/schemas/" + schema)] }

    private static func error(_ status: Int) -> JSONValue {
        let description: String =
            switch status {
            case 400: "The request is wrong; `param` names the field."
            case 401: "No key, or a wrong one."
            case 403: "It is switched off on this server."
            case 404: "It does not exist."
            case 409: "It is so already, or the limit is reached."
            case 413: "The recording is too large."
            case 429: "Too many requests are waiting."
            case 507: "No room for the upload."
            default: "The server can't at the moment."
            }
        var members: [JSONValue.Member] = [.init("description", .string(description))]
        if status == 429 || status == 503 || status == 507 {
            members.append(
                .init(
                    "headers",
                    ["Retry-After": ["description": "Seconds.", "schema": ["type": "integer", "minimum": 1]]]))
        }
        return .object(members + [.init("content", json("Error"))])
    }
}

extension TranscriptFormat {
    /// The schema of a format that is JSON.
    fileprivate var schemaName: String? {
        switch self {
        case .json: "Transcription"
        case .verboseJSON: "VerboseTranscription"
        case .diarizedJSON: "DiarizedTranscription"
        case .text, .srt, .vtt, .rttm, .tsv: nil
        }
    }
}
