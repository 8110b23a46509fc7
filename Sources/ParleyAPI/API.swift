public import ParleyCore
public import ParleyHTTP
public import ParleyPipeline

/// The HTTP API: takes requests from the engine and answers them.
///
/// The way of a request: ``handle(_:)`` checks the key and asks `RouteTable` for the route; the route in `Routes/`
/// reads and checks the form, waits for a place and lets the ``ParleyCore/Transcriber`` work; errors of all kinds end
/// in `ErrorMapping`.
public struct API: Sendable {
    let configuration: APIConfiguration
    let transcriber: any Transcriber
    let modelOperations: any ModelOperations
    let admission: any Admission
    let decoder: any AudioDecoder
    /// Stored voices; nil where they are switched off.
    let voices: VoiceEnrolment?
    let deviceMemory: @Sendable () -> [DeviceMemoryReport]
    let registry = RequestRegistry()
    let readiness: @Sendable () -> Readiness
    let reportFailure: @Sendable (_ requestID: String, _ error: any Error) -> Void
    let spool: SpoolDirectory
    private let keys: APIKeys

    /// The private folder for uploads, to be removed by whoever ends the process before the API is let go.
    public var uploadFolder: String { spool.path }

    /// Makes the API and its private folder for uploads.
    /// - Parameters:
    ///   - configuration: What the operator has decided.
    ///   - transcriber: Does the work.
    ///   - models: The models in memory.
    ///   - admission: Bounds the work.
    ///   - decoder: Checks the recordings of known speakers.
    ///   - voices: Enrols and keeps voices. Default: nil, they are switched off.
    ///   - deviceMemory: Tells how much memory there is, for the status routes. Default: nothing is known.
    ///   - readiness: Asked by the health routes. Default: always ready.
    ///   - reportFailure: Told the cause of every answer of 500 and above, for the log.
    /// - Throws: when the folder can't be made.
    public init(
        configuration: APIConfiguration, transcriber: any Transcriber, models: any ModelOperations,
        admission: any Admission, decoder: any AudioDecoder, voices: VoiceEnrolment? = nil,
        deviceMemory: @escaping @Sendable () -> [DeviceMemoryReport] = { [] },
        readiness: @escaping @Sendable () -> Readiness = { .ready },
        reportFailure: @escaping @Sendable (_ requestID: String, _ error: any Error) -> Void = { _, _ in }
    ) throws {
        self.configuration = configuration
        self.transcriber = transcriber
        modelOperations = models
        self.admission = admission
        self.decoder = decoder
        self.voices = voices
        self.deviceMemory = deviceMemory
        self.readiness = readiness
        self.reportFailure = reportFailure
        spool = try SpoolDirectory(parent: configuration.spoolParent)
        keys = APIKeys(configuration.apiKeys)
    }

    /// Answers a request.
    ///
    /// Cancelling the task stops its work.
    public func handle(_ request: HTTPRequest) async -> HTTPResponse {
        let clock = ContinuousClock()
        let start = clock.now
        let match = RouteTable.match(method: request.method, path: request.path)
        var response: HTTPResponse
        do {
            response = try await route(request, match)
        } catch {
            response = errorResponse(for: error, requestID: request.id)
        }
        response.headers["openai-processing-ms"] = String((clock.now - start).wholeMilliseconds)
        // What is no route is counted as one thing, however many paths and methods clients make up.
        if case .route(let route, _) = match {
            registry.count(.init(method: route.method, path: route.pattern, status: response.status))
        } else {
            registry.count(.init(method: "other", path: "other", status: response.status))
        }
        return finished(response, for: request)
    }

    /// The answer for what the HTTP engine refuses by itself.
    public func errorResponse(for error: HTTPProtocolError, requestID: String) -> HTTPResponse {
        var response = ErrorMapping.httpProtocol(error).response
        response.headers["cache-control"] = "no-store"
        return response
    }

    /// The error as a client sees it; faults of the server are reported.
    func apiError(for error: any Error, requestID: String) -> APIError {
        let mapped = ErrorMapping.apiError(for: error, requestID: requestID)
        if mapped.status >= 500 { reportFailure(requestID, error) }
        return mapped
    }

    private func errorResponse(for error: any Error, requestID: String) -> HTTPResponse {
        apiError(for: error, requestID: requestID).response
    }

    private func route(_ request: HTTPRequest, _ match: RouteTable.Match) async throws -> HTTPResponse {
        switch match {
        case .route(let route, let parameter):
            if !route.isOpen { try keys.check(request.headers) }
            return try await route.handler(self, RouteRequest(http: request, parameter: parameter))
        case .otherMethods(let methods):
            if request.method == "OPTIONS" { return preflight(request, methods: methods) }
            var error = APIError(
                status: 405,
                "The method \(request.method) is not allowed here. Allowed: "
                    + "\(methods.joined(separator: ", ")).", code: "method_not_allowed")
            error.allowedMethods = methods
            throw error
        case .nothing:
            throw APIError(
                status: 404,
                "Unknown path: \(request.method) \(request.path.prefix(200)). GET /openapi.json lists "
                    + "all paths.", code: "unknown_url")
        }
    }

    private func preflight(_ request: HTTPRequest, methods: [String]) -> HTTPResponse {
        var response = HTTPResponse(status: 204, headers: ["allow": methods.joined(separator: ", ")])
        guard allowedOrigin(for: request) != nil else { return response }
        response.headers["access-control-allow-methods"] = methods.joined(separator: ", ")
        response.headers["access-control-allow-headers"] =
            request.headers["access-control-request-headers"] ?? "authorization, content-type"
        response.headers["access-control-max-age"] = "600"
        return response
    }

    private func finished(_ response: HTTPResponse, for request: HTTPRequest) -> HTTPResponse {
        var response = response
        if response.headers["cache-control"] == nil { response.headers["cache-control"] = "no-store" }
        if !configuration.allowedOrigins.isEmpty { response.headers.add("vary", "Origin") }
        if let origin = allowedOrigin(for: request) {
            response.headers["access-control-allow-origin"] = origin
            response.headers["access-control-expose-headers"] =
                "x-request-id, openai-processing-ms, retry-after, retry-after-ms"
        }
        return response
    }

    private func allowedOrigin(for request: HTTPRequest) -> String? {
        guard let origin = request.headers["origin"] else { return nil }
        if configuration.allowedOrigins.contains("*") { return "*" }
        return configuration.allowedOrigins.contains(origin) ? origin : nil
    }
}
