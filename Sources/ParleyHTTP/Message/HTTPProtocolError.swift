/// What the engine refuses by itself, before or instead of the handler's answer.
///
/// The engine asks its owner's `errorResponse` for the answer, sends it, and closes the connection: after any of these
/// the place of the next request in the byte stream is not to be trusted.
public enum HTTPProtocolError: Error, Sendable, Hashable {
    /// The first line is not `METHOD target HTTP/1.x`.
    case malformedRequestLine
    /// A version other than HTTP/1.0 and HTTP/1.1.
    case unsupportedVersion
    /// A header line without a colon, with a bad name, a folded line, a bare line feed or a control character.
    case malformedHeader
    /// The request line and the headers together are longer than allowed, or there are too many of them.
    case headersTooLarge
    /// The target holds an invalid escape, a control character, `..`, or is not a path.
    case badTarget
    /// HTTP/1.1 without `Host`, or with more than one.
    case missingHost
    /// `Content-Length` that is not a plain number, or that comes twice (RFC 9112, 6.3: request smuggling).
    case invalidContentLength
    /// `Content-Length` together with `Transfer-Encoding`, or a transfer coding on HTTP/1.0.
    case conflictingFraming
    /// A transfer coding other than `chunked`.
    case unsupportedTransferCoding
    /// An `Expect` other than `100-continue`.
    case unsupportedExpectation
    /// A chunk that breaks the grammar of RFC 9112, 7.1.
    case malformedBody
    /// The body is longer than allowed.
    case bodyTooLarge(limitBytes: Int)
    /// The headers were not complete before their deadline.
    case headerTimeout
    /// The body stopped coming.
    case bodyTimeout
    /// All places for connections are taken.
    case tooManyConnections

    /// The status to answer with.
    public var status: Int {
        switch self {
        case .malformedRequestLine, .malformedHeader, .badTarget, .missingHost, .invalidContentLength,
            .conflictingFraming, .malformedBody:
            400
        case .headerTimeout, .bodyTimeout: 408
        case .bodyTooLarge: 413
        case .unsupportedExpectation: 417
        case .headersTooLarge: 431
        case .unsupportedTransferCoding: 501
        case .tooManyConnections: 503
        case .unsupportedVersion: 505
        }
    }

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .malformedRequestLine: "malformed_request_line"
        case .unsupportedVersion: "unsupported_http_version"
        case .malformedHeader: "malformed_header"
        case .headersTooLarge: "headers_too_large"
        case .badTarget: "bad_target"
        case .missingHost: "missing_host"
        case .invalidContentLength: "invalid_content_length"
        case .conflictingFraming: "conflicting_framing"
        case .unsupportedTransferCoding: "unsupported_transfer_coding"
        case .unsupportedExpectation: "unsupported_expectation"
        case .malformedBody: "malformed_body"
        case .bodyTooLarge: "body_too_large"
        case .headerTimeout: "header_timeout"
        case .bodyTimeout: "body_timeout"
        case .tooManyConnections: "too_many_connections"
        }
    }

    /// A sentence that is safe to show to a client.
    public var message: String {
        switch self {
        case .malformedRequestLine: "The request line is not valid HTTP/1.1."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are supported."
        case .malformedHeader: "A header line is not valid."
        case .headersTooLarge: "The request headers are too large."
        case .badTarget: "The request target is not a valid path."
        case .missingHost: "An HTTP/1.1 request needs exactly one Host header."
        case .invalidContentLength: "Content-Length must be one non-negative whole number."
        case .conflictingFraming: "Content-Length and Transfer-Encoding can't be combined."
        case .unsupportedTransferCoding: "The only supported transfer coding is chunked."
        case .unsupportedExpectation: "The only supported expectation is 100-continue."
        case .malformedBody: "The chunked request body is malformed."
        case .bodyTooLarge(let limitBytes): "The request body is larger than the limit of \(limitBytes) bytes."
        case .headerTimeout: "The request headers did not arrive in time."
        case .bodyTimeout: "The request body stopped arriving."
        case .tooManyConnections: "The server has too many connections; try again later."
        }
    }

    /// What a reader of the body is told.
    var bodyError: HTTPBodyError {
        switch self {
        case .bodyTooLarge(let limitBytes): .tooLarge(limitBytes: limitBytes)
        case .malformedBody: .malformed
        default: .truncated
        }
    }
}
