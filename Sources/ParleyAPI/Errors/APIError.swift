import ParleyHTTP

/// An answer that says what is wrong, in OpenAI's envelope.
struct APIError: Error, Sendable, Hashable {
    /// HTTP status, 400 to 599.
    var status: Int
    /// A sentence for people: no path, no key, no transcript.
    var message: String
    /// `invalid_request_error`, `rate_limit_error` or `server_error`.
    var type: String
    /// The request field that is wrong.
    var param: String?
    /// A stable name for programs.
    var code: String?
    /// When another try makes sense.
    var retryAfter: Duration?
    /// Methods that the path has, for 405.
    var allowedMethods: [String] = []

    /// Makes an error.
    init(
        status: Int, _ message: String, type: String = APIError.invalidRequest, param: String? = nil,
        code: String? = nil, retryAfter: Duration? = nil
    ) {
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.retryAfter = retryAfter
    }

    /// The request is at fault.
    static let invalidRequest = "invalid_request_error"
    /// Too many requests.
    static let rateLimit = "rate_limit_error"
    /// The server is at fault, or says that it can't.
    static let serverError = "server_error"

    /// A field of the request is wrong.
    static func invalid(_ param: String?, _ message: String, code: String = "invalid_value") -> APIError {
        APIError(status: 400, message, param: param, code: code)
    }

    /// A required part of a form is not there.
    static func missing(_ name: String) -> APIError {
        .invalid(name, "The field '\(name)' is required.", code: "missing_required_parameter")
    }

    /// `{"error": {message, type, param, code}}`, all four always there.
    var envelope: JSONValue {
        [
            "error": [
                "message": .string(message),
                "type": .string(type),
                "param": param.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    /// The whole answer.
    var response: HTTPResponse {
        var response = HTTPResponse.json(envelope, status: status)
        if let retryAfter {
            let milliseconds = retryAfter.wholeMilliseconds
            // A client must not come back at once: both are at least one of their unit.
            response.headers["retry-after"] = String(max(1, (milliseconds + 999) / 1_000))
            response.headers["retry-after-ms"] = String(max(1, milliseconds))
        }
        if !allowedMethods.isEmpty { response.headers["allow"] = allowedMethods.joined(separator: ", ") }
        if status == 401 { response.headers["www-authenticate"] = "Bearer" }
        return response
    }
}

extension Duration {
    /// Milliseconds, fractions dropped.
    var wholeMilliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension HTTPResponse {
    /// An answer with a JSON body.
    static func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["content-type": "application/json"], body: .bytes(Array(value.text.utf8)))
    }
}
