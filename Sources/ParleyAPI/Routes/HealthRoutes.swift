import ParleyCore
import ParleyHTTP

/// `GET /health`, `/health/live` and `/health/ready`.
enum HealthRoutes {
    static let health = Operation(
        id: "health", tag: "Operation", summary: "Status, version, models and load.", success: .json(schema: "Health"))
    static let live = Operation(
        id: "healthLive", tag: "Operation", summary: "Answers as long as the process runs.",
        success: .json(schema: "Status"))
    static let ready = Operation(
        id: "healthReady", tag: "Operation", summary: "503 while models are loaded and while the server shuts down.",
        success: .json(schema: "Status"), alternatives: [503: "Status"])
}

extension API {
    func health() -> HTTPResponse {
        let load = admission.status
        return .json([
            "status": .string(currentReadiness.rawValue),
            "version": .string(configuration.version),
            "models": .array(transcriber.models.map { .string($0.id) }),
            "active": .int(load.active),
            "queued": .int(load.queued),
            "max_active": .int(load.maximumActive),
            "max_queued": .int(load.maximumQueued),
        ])
    }

    func live() -> HTTPResponse { .json(["status": "ok"]) }

    func ready() -> HTTPResponse {
        let readiness = currentReadiness
        return .json(["status": .string(readiness.rawValue)], status: readiness == .ready ? 200 : 503)
    }

    private var currentReadiness: Readiness { admission.status.isDraining ? .draining : readiness() }
}
