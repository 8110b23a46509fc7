import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct RouteTests {
    @Test func unknownPathsAnswer404InTheEnvelope() async throws {
        let answer = try await TestService().get("/v1/audio/speech")
        #expect(answer.status == 404 && answer.errorCode == "unknown_url")
        #expect(answer.errorMessage.contains("/v1/audio/speech"))
    }

    @Test(arguments: [
        ("GET", "/v1/audio/transcriptions", "POST, OPTIONS"), ("DELETE", "/v1/models/bundled", "GET, HEAD, OPTIONS"),
        ("POST", "/health", "GET, HEAD, OPTIONS"),
    ])
    func otherMethodsAnswer405WithAllow(method: String, path: String, allow: String) async throws {
        let answer = try await TestService().get(path, method: method)
        #expect(answer.status == 405 && answer.errorCode == "method_not_allowed")
        #expect(answer.headers["allow"] == allow)
    }

    @Test func modelsAreTheInstalledOnesAndTheAliases() async throws {
        let service = try TestService()
        let list = try await service.get("/v1/models")
        let data = list.json["data"] as? [[String: Any]] ?? []
        #expect(list.json["object"] as? String == "list")
        #expect(
            data.compactMap { $0["id"] as? String } == [
                "bundled", "whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe",
                "gpt-4o-mini-transcribe-2025-12-15", "gpt-transcribe", "gpt-4o-transcribe-diarize",
            ])
        let one = try await service.get("/v1/models/whisper-1")
        #expect(
            one.body == #"{"id":"whisper-1","object":"model","created":1700000000,"owned_by":"parley","loaded":true}"#)
        let slashed = try await service.get("/v1/models/org/name")
        #expect(slashed.status == 404 && slashed.errorCode == "model_not_found" && slashed.errorParam == "model")
    }

    @Test(arguments: [(Readiness.ready, 200), (.loading, 503), (.draining, 503)])
    func healthTellsReadinessFromLiveness(readiness: Readiness, status: Int) async throws {
        let service = try TestService(readiness: readiness)
        #expect(try await service.get("/health/live").status == 200)
        #expect(try await service.get("/health/ready").status == status)
        let health = try await service.get("/health")
        #expect(health.status == 200 && health.json["status"] as? String == readiness.rawValue)
        #expect(health.json["active"] as? Int == 0 && health.json["models"] as? [String] == ["bundled"])
    }

    @Test func aDrainingAdmissionIsNotReady() async throws {
        let service = try TestService()
        service.admission.drain()
        #expect(try await service.get("/health/ready").status == 503)
        let answer = try await service.post([("model", "bundled")])
        #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
    }

    @Test func keysAreAskedForWhereTheyAreSet() async throws {
        let service = try TestService { $0.apiKeys = ["sk-one", "sk-two"] }
        for header in ["", "Bearer sk-on", "Bearer sk-one1", "Basic sk-one", "sk-one", "Bearer", "Bearer sk-onesk-one"]
        {
            let answer = try await service.get("/v1/models", headers: ["authorization": header])
            #expect(answer.status == 401 && answer.errorCode == "invalid_api_key")
            #expect(!answer.errorMessage.contains("sk-"))
        }
        #expect(try await service.get("/v1/models", headers: ["Authorization": "bearer sk-two"]).status == 200)
        for path in ["/health", "/health/live", "/health/ready", "/openapi.json"] {
            #expect(try await service.get(path).status == 200)
        }
    }

    @Test func answersCarryOpenAIsHeadersAndAreNotStored() async throws {
        let answer = try await TestService().get("/v1/models")
        #expect(Int(answer.headers["openai-processing-ms"] ?? "") != nil)
        #expect(answer.headers["cache-control"] == "no-store")
        #expect(answer.headers["access-control-allow-origin"] == nil)
    }

    @Test func pagesOfAllowedOriginsMayCall() async throws {
        let service = try TestService { $0.allowedOrigins = ["https://a.example"] }
        let preflight = try await service.get(
            "/v1/audio/transcriptions", method: "OPTIONS", headers: ["origin": "https://a.example"])
        #expect(preflight.status == 204)
        #expect(preflight.headers["access-control-allow-origin"] == "https://a.example")
        #expect(preflight.headers["access-control-allow-methods"] == "POST, OPTIONS")
        let other = try await service.get("/v1/models", headers: ["origin": "https://b.example"])
        #expect(other.headers["access-control-allow-origin"] == nil && other.headers["vary"] == "Origin")
    }

    @Test func enginesRefusalsHaveTheEnvelope() async throws {
        let service = try TestService()
        let errors: [HTTPProtocolError] = [
            .malformedRequestLine, .unsupportedVersion, .malformedHeader, .headersTooLarge, .badTarget, .missingHost,
            .invalidContentLength, .conflictingFraming, .unsupportedTransferCoding, .unsupportedExpectation,
            .malformedBody, .bodyTooLarge(limitBytes: 10), .headerTimeout, .bodyTimeout, .tooManyConnections,
        ]
        for error in errors {
            let answer = try await Answer(service.api.errorResponse(for: error, requestID: "req_1"))
            #expect(answer.status == error.status && !answer.errorMessage.isEmpty)
        }
    }
}
