import ParleyCore

/// JSON schemas of the answers.
enum ResponseSchemas {
    /// Name and schema, in the order in which they are listed.
    static let all: [(name: String, schema: JSONValue)] = [
        ("Error", error), ("Model", model), ("ModelList", modelList), ("LoadedModelList", loadedModelList),
        ("LoadedModel", loadedModel), ("Speaker", speaker), ("SpeakerList", speakerList),
        ("ProcessingStatus", processingStatus), ("Batching", batching),
        ("Health", health), ("Status", status),
        ("Usage", usage), ("LogProbability", logProbability), ("Transcription", transcription),
        ("VerboseTranscription", verbose), ("VerboseSegment", verboseSegment), ("Word", word),
        ("SpeakerTurn", speakerTurn),
        ("DiarizedTranscription", diarized), ("DiarizedSegment", diarizedSegment), ("StreamEvent", streamEvent),
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let integer: JSONValue = ["type": "integer"]
    private static let number: JSONValue = ["type": "number"]
    private static let boolean: JSONValue = ["type": "boolean"]
    private static let nullableString: JSONValue = ["type": ["string", "null"]]

    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/" + name)] }
    private static func list(_ name: String) -> JSONValue { ["type": "array", "items": reference(name)] }
    private static func constant(_ text: String) -> JSONValue { ["type": "string", "const": .string(text)] }

    /// An object; members whose name ends in `?` may be missing.
    private static func object(_ members: [(String, JSONValue)], example: JSONValue? = nil) -> JSONValue {
        let required = members.filter { !$0.0.hasSuffix("?") }.map { JSONValue.string($0.0) }
        let properties = members.map { JSONValue.Member($0.0.hasSuffix("?") ? String($0.0.dropLast()) : $0.0, $0.1) }
        return .members([
            ("type", "object"), ("required", .array(required)), ("properties", .object(properties)),
            ("examples", example.map { [$0] }),
        ])
    }

    private static let error = object(
        [
            (
                "error",
                object([
                    ("message", string), ("type", string), ("param", nullableString), ("code", nullableString),
                ])
            )
        ], example: APIError.invalid("temperature", "'7' is not a number from 0.0 to 1.0.").envelope)

    private static let model = object(
        [
            ("id", string), ("object", constant("model")), ("created", integer), ("owned_by", string),
            ("loaded", boolean),
        ],
        example: [
            "id": "whisper-1", "object": "model", "created": 1_700_000_000, "owned_by": "parley", "loaded": true,
        ])

    private static let modelList = object([("object", constant("list")), ("data", list("Model"))])

    private static let speaker = object(
        [
            ("id", string), ("object", constant("speaker")), ("name", string), ("created", integer),
            ("encoder", string), ("speech_seconds", number),
        ],
        example: [
            "id": "spk_0123456789abcdef0123456789abcdef", "object": "speaker", "name": "Ruth",
            "created": 1_790_000_000, "encoder": "ge2e", "speech_seconds": 12.5,
        ])

    private static let speakerList = object([("object", constant("list")), ("data", list("Speaker"))])

    private static let loadedModelList = object([("models", ["type": "array", "items": string])])

    private static let loadedModel = object(
        [
            ("id", string),
            ("state", ["type": "string", "enum": .array(LoadedModel.State.allCases.map { .string($0.rawValue) })]),
            ("requests", integer),
        ], example: ["id": "bundled", "state": "unloading", "requests": 2])

    private static let nullableNumber: JSONValue = ["type": ["number", "null"]]

    /// A list of objects.
    private static func objects(_ members: [(String, JSONValue)]) -> JSONValue {
        ["type": "array", "items": object(members)]
    }

    private static let processingStatus = object([
        ("active", integer), ("queued", integer), ("max_active", integer), ("max_queued", integer),
        ("draining", boolean), ("requests", requestList), ("models", modelStatusList),
        (
            "devices",
            objects([
                ("device", string), ("total_bytes", integer), ("free_bytes", integer), ("reserved_bytes", integer),
                ("waiting", integer), ("paused", boolean),
            ])
        ),
    ])

    private static let requestList = objects([
        ("id", string), ("task", string), ("model", string),
        ("state", ["type": "string", "enum": ["queued", "active"]]),
        ("stage", ["type": "string", "enum": .array(TranscriptionStage.allCases.map { .string($0.rawValue) })]),
        ("age_seconds", number), ("queue_seconds", number), ("processed_seconds", number),
        ("total_seconds", nullableNumber), ("progress", nullableNumber),
    ])

    private static let modelStatusList = objects([
        ("id", string), ("state", string), ("requests", integer), ("idle_seconds", nullableNumber),
        ("batching", ["oneOf": [reference("Batching"), ["type": "null"]]]),
    ])

    private static let batching = object([
        ("max_batch", integer), ("queued_rows", integer), ("max_queued_rows", integer), ("running_rows", integer),
        ("oldest_wait_seconds", nullableNumber), ("batches", integer), ("rows", integer), ("mean_fill", number),
        ("replicas", objects([("running_rows", integer), ("batches", integer), ("busy_seconds", number)])),
    ])

    private static let status = object([
        ("status", ["type": "string", "enum": .array(Readiness.allCases.map { .string($0.rawValue) })])
    ])

    private static let health = object([
        ("status", ["type": "string", "enum": .array(Readiness.allCases.map { .string($0.rawValue) })]),
        ("version", string), ("models", ["type": "array", "items": string]), ("active", integer), ("queued", integer),
        ("max_active", integer), ("max_queued", integer),
    ])

    private static let usage: JSONValue = [
        "oneOf": [
            object([("type", constant("duration")), ("seconds", number)]),
            object([
                ("type", constant("tokens")), ("input_tokens", integer),
                ("input_token_details", object([("text_tokens", integer), ("audio_tokens", integer)])),
                ("output_tokens", integer), ("total_tokens", integer),
            ]),
        ]
    ]

    private static let logProbability = object([
        ("token", string), ("logprob", number), ("bytes", ["type": "array", "items": integer]),
    ])

    private static let transcription = object(
        [("text", string), ("logprobs?", list("LogProbability")), ("usage?", reference("Usage"))],
        example: ["text": "hello there", "usage": ["type": "duration", "seconds": 3]])

    private static let verbose = object([
        ("task", string), ("language", string), ("duration", number), ("text", string), ("words?", list("Word")),
        ("segments?", list("VerboseSegment")), ("turns?", list("SpeakerTurn")),
        ("exclusive_turns?", list("SpeakerTurn")), ("usage?", reference("Usage")),
    ])

    private static let speakerTurn = object(
        [("start", number), ("end", number), ("speaker", string), ("confidence", number), ("overlap", number)],
        example: ["start": 0.506, "end": 5.518, "speaker": "A", "confidence": 0.97, "overlap": 0.0])

    private static let verboseSegment = object([
        ("id", integer), ("seek", integer), ("start", number), ("end", number), ("text", string),
        ("tokens", ["type": "array", "items": integer]), ("temperature", number), ("avg_logprob", number),
        ("compression_ratio", number), ("no_speech_prob", number), ("speaker?", string),
    ])

    private static let word = object([
        ("word", string), ("start", number), ("end", number), ("speaker?", string),
    ])

    private static let diarized = object([
        ("task", string), ("duration", number), ("text", string), ("segments", list("DiarizedSegment")),
        ("usage?", reference("Usage")),
    ])

    private static let diarizedSegment = object(
        [
            ("type", constant("transcript.text.segment")), ("id", string), ("start", number), ("end", number),
            ("text", string), ("speaker", string),
        ],
        example: [
            "type": "transcript.text.segment", "id": "seg_001", "start": 0.5, "end": 1.5, "text": "hello there",
            "speaker": "A",
        ])

    private static let streamEvent: JSONValue = [
        "oneOf": [
            object([
                ("type", constant("transcript.text.delta")), ("delta", string), ("segment_id?", string),
                ("logprobs?", list("LogProbability")),
            ]),
            reference("DiarizedSegment"),
            object([
                ("type", constant("transcript.text.done")), ("text", string), ("logprobs?", list("LogProbability")),
                ("usage", reference("Usage")),
            ]),
        ]
    ]
}
