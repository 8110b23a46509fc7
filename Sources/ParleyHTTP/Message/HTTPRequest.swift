/// A request whose headers are complete; its body may still be on the way.
public struct HTTPRequest: Sendable {
    /// `req_` and 32 hexadecimal digits, new for each request; also sent back as `x-request-id`.
    public var id: String
    /// The method as it was sent, such as `GET`.
    public var method: String
    /// The percent-decoded path without the query; begins with `/` and has no `..` segment (`*` for `OPTIONS *`).
    public var path: String
    /// The percent-decoded query parameters in order; a parameter without `=` has an empty value.
    public var query: [(name: String, value: String)]
    /// The header fields in order.
    public var headers: HTTPHeaders
    /// The peer's numeric address without the port.
    public var remoteAddress: String
    /// The body, empty when there is none.
    public var body: HTTPBody

    /// Makes a request, for handlers that are called without a connection.
    public init(
        id: String = HTTPRequest.makeID(), method: String, path: String, query: [(name: String, value: String)] = [],
        headers: HTTPHeaders = [:], remoteAddress: String = "127.0.0.1", body: HTTPBody = HTTPBody()
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.body = body
    }

    /// A new request id.
    public static func makeID() -> String {
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return "req_" + hex(UInt64.random(in: .min ... .max)) + hex(UInt64.random(in: .min ... .max))
    }
}
