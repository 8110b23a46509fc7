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

    /// - Parameter loaded: Ids of the models in memory.
    static func value(_ entry: ModelDirectory.Entry, loaded: Set<String>) -> JSONValue {
        [
            "id": .string(entry.contract.id), "object": "model", "created": .int(entry.descriptor.createdUnixSeconds),
            "owned_by": .string(entry.descriptor.owner), "loaded": .bool(loaded.contains(entry.descriptor.id)),
        ]
    }
}

extension API {
    var models: ModelDirectory { ModelDirectory(transcriber: transcriber) }

    private var loadedIDs: Set<String> {
        Set(modelOperations.loadedModels.filter { $0.state == .loaded }.map(\.id))
    }

    func listModels() -> HTTPResponse {
        let loaded = loadedIDs
        return .json([
            "object": "list", "data": .array(models.entries().map { ModelRoutes.value($0, loaded: loaded) }),
        ])
    }

    func retrieveModel(_ request: RouteRequest) throws -> HTTPResponse {
        .json(ModelRoutes.value(try models.entry(for: request.parameter ?? ""), loaded: loadedIDs))
    }
}
