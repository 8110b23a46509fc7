import ParleyCore
import ParleyTestSupport

/// Models in memory by decree: `bundled` is loaded, `other` is known.
struct FakeModelOperations: ModelOperations {
    let loaded = Locked([LoadedModel(id: "bundled", state: .loaded)])
    var modelCounts = ModelCounts()
    /// What a load throws, when set.
    var failure: (any Error)?

    var loadedModels: [LoadedModel] { loaded.value }

    func load(_ id: String) async throws -> Bool {
        if let failure { throw failure }
        guard ["bundled", "other", "org/name"].contains(id) else {
            throw RecognitionError(.modelUnknown, "There is no model '\(id)'.")
        }
        return loaded.update { loaded in
            if loaded.contains(where: { $0.id == id }) { return false }
            loaded.append(LoadedModel(id: id, state: .loaded))
            return true
        }
    }

    func unload(_ id: String) -> ModelUnloading {
        loaded.update { loaded in
            guard let index = loaded.firstIndex(where: { $0.id == id }) else { return .notLoaded }
            let count = loaded.remove(at: index).requestCount
            return count == 0 ? .unloaded : .afterRequests(count)
        }
    }
}
