import ParleyCore
import ParleyHTTP
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct LoadedModelTests {
    @Test func theModelsInMemoryAreListed() async throws {
        let models = FakeModelOperations()
        models.loaded.update { $0.append(LoadedModel(id: "coming", state: .loading, requestCount: 1)) }
        let answer = try await TestService(models: models).get("/api/ps")
        #expect(answer.status == 200 && answer.body == #"{"models":["bundled"]}"#)
    }

    @Test func aModelIsLoadedOnce() async throws {
        let service = try TestService()
        let first = try await service.get("/api/ps/org/name", method: "POST")
        #expect(first.status == 201 && first.body == #"{"id":"org/name","state":"loaded","requests":0}"#)
        let second = try await service.get("/api/ps/org/name", method: "POST")
        #expect(second.status == 409 && second.errorCode == "model_loaded")
        #expect(try await service.get("/api/ps").body == #"{"models":["bundled","org/name"]}"#)
    }

    @Test func unknownModelsAreNotLoaded() async throws {
        let answer = try await TestService().get("/api/ps/nothing", method: "POST")
        #expect(answer.status == 404 && answer.errorCode == "model_not_found")
    }

    @Test func aLoadThatFailsSaysNoMoreThanAnyOther() async throws {
        var models = FakeModelOperations()
        models.failure = RecognitionError(.modelUnavailable, "x", underlying: "/secret/path")
        let answer = try await TestService(models: models).get("/api/ps/other", method: "POST")
        #expect(answer.status == 503 && !answer.body.contains("secret"))
    }

    @Test func aModelIsUnloaded() async throws {
        let service = try TestService()
        // OpenAI's names stand for the default model.
        let first = try await service.get("/api/ps/whisper-1", method: "DELETE")
        #expect(first.status == 204 && first.body.isEmpty)
        let second = try await service.get("/api/ps/bundled", method: "DELETE")
        #expect(second.status == 404 && second.errorCode == "model_not_loaded")
    }

    @Test func aModelInUseIsUnloadedLater() async throws {
        let models = FakeModelOperations()
        models.loaded.update { $0[0].requestCount = 2 }
        let answer = try await TestService(models: models).get("/api/ps/bundled", method: "DELETE")
        #expect(answer.status == 202 && answer.body == #"{"id":"bundled","state":"unloading","requests":2}"#)
    }

    @Test func theListOfModelsTellsWhichAreLoaded() async throws {
        let service = try TestService()
        func loaded(_ id: String) async throws -> Bool? {
            try await service.get("/v1/models/\(id)").json["loaded"] as? Bool
        }
        #expect(try await loaded("bundled") == true)
        #expect(try await loaded("whisper-1") == true)
        _ = service.models.unload("bundled")
        #expect(try await loaded("bundled") == false)
        #expect(try await loaded("whisper-1") == false)
    }

    @Test func theyNeedAKey() async throws {
        let service = try TestService { $0.apiKeys = ["sk-one"] }
        for (method, path) in [("GET", "/api/ps"), ("POST", "/api/ps/other"), ("DELETE", "/api/ps/bundled")] {
            #expect(try await service.get(path, method: method).status == 401)
        }
    }
}
