import ParleyCore
import ParleyHTTP

/// `GET /v1/models` and `GET /v1/models/{id}`.
enum ModelRoutes {
    static let list = Operation(
        id: "listModels", tag: "Models", summary: "The models of this server and the names that stand for them.",
        success: .json(schema: "ModelList"), errors: [401])
    static let retrieve = Operation(
        id: "retrieveModel", tag: "Models", summary: "One model.", success: .json(schema: "Model"),
        errors: [401, 404])

    static func value(_ entry: ModelDirectory.Entry) -> JSONValue {
        [
            "id": .string(entry.contract.id), "object": "model", "created": .int(entry.descriptor.createdUnixSeconds),
            "owned_by": .string(entry.descriptor.owner),
        ]
    }
}

extension API {
    var models: ModelDirectory { ModelDirectory(transcriber: transcriber) }

    func listModels() -> HTTPResponse {
        .json(["object": "list", "data": .array(models.entries().map(ModelRoutes.value))])
    }

    func retrieveModel(_ request: RouteRequest) throws -> HTTPResponse {
        .json(ModelRoutes.value(try models.entry(for: request.parameter ?? "")))
    }
}
