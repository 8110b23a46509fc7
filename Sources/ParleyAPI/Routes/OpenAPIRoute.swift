import ParleyHTTP

/// `GET /openapi.json`.
enum OpenAPIRoute {
    static let operation = Operation(
        id: "openAPI", tag: "Operation", summary: "This document.", success: .document)
}

extension API {
    func openAPI() -> HTTPResponse {
        .json(
            OpenAPIDocument(
                version: configuration.version, models: models.entries().map(\.contract.id),
                needsKey: !configuration.apiKeys.isEmpty
            ).value)
    }
}
