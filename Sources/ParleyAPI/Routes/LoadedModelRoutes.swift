import ParleyCore
import ParleyHTTP

/// `GET /api/ps`, `POST /api/ps/{id}` and `DELETE /api/ps/{id}`, as speaches has them.
enum LoadedModelRoutes {
    static let list = Operation(
        id: "listLoadedModels", tag: "Models", summary: "The models in memory.",
        success: .json(schema: "LoadedModelList"), errors: [401])
    static let load = Operation(
        id: "loadModel", tag: "Models", summary: "Loads a model and answers when it is loaded.",
        success: .json(schema: "LoadedModel"), successStatus: 201, errors: [401, 404, 409, 503])
    static let unload = Operation(
        id: "unloadModel", tag: "Models",
        summary: "Takes a model out of memory, when the requests that use it are done. No request fails.",
        success: .empty, successStatus: 204, alternatives: [202: "LoadedModel"], errors: [401, 404])

    static func value(_ id: String, _ state: LoadedModel.State, requestCount: Int) -> JSONValue {
        ["id": .string(id), "state": .string(state.rawValue), "requests": .int(requestCount)]
    }
}

extension API {
    func listLoadedModels() -> HTTPResponse {
        let loaded = modelOperations.loadedModels.filter { $0.state == .loaded }
        return .json(["models": .array(loaded.map { .string($0.id) })])
    }

    func loadModel(_ request: RouteRequest) async throws -> HTTPResponse {
        let id = modelID(request)
        guard try await modelOperations.load(id) else {
            throw APIError(status: 409, "The model '\(id)' is loaded already.", code: "model_loaded")
        }
        return .json(LoadedModelRoutes.value(id, .loaded, requestCount: 0), status: 201)
    }

    func unloadModel(_ request: RouteRequest) throws -> HTTPResponse {
        let id = modelID(request)
        switch modelOperations.unload(id) {
        case .unloaded: return HTTPResponse(status: 204)
        case .afterRequests(let count):
            return .json(LoadedModelRoutes.value(id, .unloading, requestCount: count), status: 202)
        case .notLoaded:
            throw APIError(status: 404, "The model '\(id.prefix(100))' is not loaded.", code: "model_not_loaded")
        }
    }

    /// The model that a path names; OpenAI's names stand for the default.
    private func modelID(_ request: RouteRequest) -> String {
        let name = request.parameter ?? ""
        return (try? models.entry(for: name))?.descriptor.id ?? name
    }
}
