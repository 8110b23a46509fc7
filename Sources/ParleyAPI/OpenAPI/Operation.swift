/// What `/openapi.json` says of a route beyond its method and path.
struct Operation: Sendable {
    /// Forms of a good answer.
    enum Success: Sendable {
        /// A JSON object of a named schema.
        case json(schema: String)
        /// A transcript in any format, or a stream of events.
        case transcription
        /// A transcript in one of the formats of translations.
        case translation
        /// This document.
        case document
        /// Metrics as text.
        case metrics
        /// Nothing but the status.
        case empty
    }

    /// `operationId`, stable for generated clients.
    let id: String
    let tag: String
    let summary: String
    /// The fields of a `multipart/form-data` body.
    let form: ParameterTable?
    let success: Success
    /// Status of a good answer.
    let successStatus: Int
    /// Other statuses with a JSON object of a named schema.
    let alternatives: [Int: String]
    /// Statuses with the error envelope.
    let errors: [Int]

    init(
        id: String, tag: String, summary: String, form: ParameterTable? = nil, success: Success,
        successStatus: Int = 200, alternatives: [Int: String] = [:], errors: [Int] = []
    ) {
        self.id = id
        self.tag = tag
        self.summary = summary
        self.form = form
        self.success = success
        self.successStatus = successStatus
        self.alternatives = alternatives
        self.errors = errors
    }
}
