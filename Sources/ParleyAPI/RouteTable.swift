import ParleyHTTP

/// Every path that the server answers, in one place.
enum RouteTable {
    /// Routes in the order in which `/openapi.json` lists them.
    static let routes: [Route] = [
        Route("POST", "/v1/audio/transcriptions", AudioRoutes.transcriptions) { try await $0.transcribe($1) },
        Route("POST", "/v1/audio/translations", AudioRoutes.translations) { try await $0.translate($1) },
        Route("GET", "/v1/models", ModelRoutes.list) { api, _ in api.listModels() },
        Route("GET", "/v1/models/{id}", ModelRoutes.retrieve) { try $0.retrieveModel($1) },
        Route("GET", "/v1/speakers", SpeakerRoutes.list) { api, _ in try await api.listSpeakers() },
        Route("POST", "/v1/speakers", SpeakerRoutes.enrol) { try await $0.enrolSpeaker($1) },
        Route("GET", "/v1/speakers/{id}", SpeakerRoutes.retrieve) { try await $0.retrieveSpeaker($1) },
        Route("DELETE", "/v1/speakers/{id}", SpeakerRoutes.remove) { try await $0.removeSpeaker($1) },
        Route("GET", "/api/ps", LoadedModelRoutes.list) { api, _ in api.listLoadedModels() },
        Route("POST", "/api/ps/{id}", LoadedModelRoutes.load) { try await $0.loadModel($1) },
        Route("DELETE", "/api/ps/{id}", LoadedModelRoutes.unload) { try $0.unloadModel($1) },
        Route("GET", "/health", HealthRoutes.health, isOpen: true) { api, _ in api.health() },
        Route("GET", "/health/live", HealthRoutes.live, isOpen: true) { api, _ in api.live() },
        Route("GET", "/health/ready", HealthRoutes.ready, isOpen: true) { api, _ in api.ready() },
        Route("GET", "/processing-status", StatusRoutes.processing) { api, _ in api.processingStatus() },
        Route("GET", "/metrics", StatusRoutes.metrics) { api, _ in api.metrics() },
        Route("GET", "/openapi.json", OpenAPIRoute.operation, isOpen: true) { api, _ in api.openAPI() },
    ]

    /// What a method and a path lead to.
    enum Match {
        case route(Route, parameter: String?)
        /// The path is known, the method is not.
        case otherMethods([String])
        case nothing
    }

    /// Finds the route.
    ///
    /// `HEAD` is answered where `GET` is; a slash at the end is ignored.
    static func match(method: String, path: String) -> Match {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let candidates = routes.compactMap { route in route.parameter(in: path).map { (route, $0) } }
        let asked = method == "HEAD" ? "GET" : method
        if let (route, parameter) = candidates.first(where: { $0.0.method == asked }) {
            return .route(route, parameter: parameter.isEmpty ? nil : parameter)
        }
        let methods = candidates.map(\.0.method)
        if methods.isEmpty { return .nothing }
        return .otherMethods((methods.contains("GET") ? methods + ["HEAD"] : methods) + ["OPTIONS"])
    }
}

/// One method on one path.
struct Route: Sendable {
    typealias Handler = @Sendable (API, RouteRequest) async throws -> HTTPResponse

    let method: String
    /// The path; `{id}` at its end stands for the rest of the path, slashes included.
    let pattern: String
    /// What `/openapi.json` says of it.
    let operation: Operation
    /// Whether it needs no key.
    let isOpen: Bool
    let handler: Handler

    init(
        _ method: String, _ pattern: String, _ operation: Operation, isOpen: Bool = false, handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.operation = operation
        self.isOpen = isOpen
        self.handler = handler
    }

    /// What `{id}` stands for in a path, empty for a pattern without it; nil when the path is another.
    func parameter(in path: String) -> String? {
        guard let brace = pattern.firstIndex(of: "{") else { return path == pattern ? "" : nil }
        let prefix = pattern[..<brace]
        guard path.hasPrefix(prefix), path.count > prefix.count else { return nil }
        return String(path.dropFirst(prefix.count))
    }
}

/// A request on its way to its route.
struct RouteRequest: Sendable {
    var http: HTTPRequest
    /// What `{id}` stands for.
    var parameter: String?
}
