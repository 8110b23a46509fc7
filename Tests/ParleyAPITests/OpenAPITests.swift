import Foundation
import ParleyCore
import ParleyHTTP
import Testing

@testable import ParleyAPI

@Suite struct OpenAPITests {
    private func document() async throws -> [String: Any] {
        let answer = try await TestService().get("/openapi.json")
        #expect(answer.status == 200 && answer.headers["content-type"] == "application/json")
        return answer.json
    }

    @Test func everyRouteAndEveryFieldIsThere() async throws {
        let paths = try await document()["paths"] as? [String: [String: Any]] ?? [:]
        for route in RouteTable.routes {
            let operation = paths[route.pattern]?[route.method.lowercased()] as? [String: Any]
            #expect(operation?["operationId"] as? String == route.operation.id)
            guard let form = route.operation.form else { continue }
            let body = operation?["requestBody"] as? [String: Any]
            let content = (body?["content"] as? [String: [String: Any]])?["multipart/form-data"]
            let schema = content?["schema"] as? [String: Any] ?? [:]
            let properties = schema["properties"] as? [String: Any] ?? [:]
            #expect(Set(properties.keys) == Set(form.parameters.map(\.wireName)))
            #expect(schema["additionalProperties"] as? Bool == false)
            #expect(schema["required"] as? [String] == form.parameters.filter(\.isRequired).map(\.wireName))
        }
        #expect(Set(RouteTable.routes.map(\.operation.id)).count == RouteTable.routes.count)
    }

    @Test func everyReferenceLeadsSomewhere() async throws {
        let document = try await document()
        let schemas = (document["components"] as? [String: [String: Any]])?["schemas"] ?? [:]
        let text = try #require(String(data: JSONSerialization.data(withJSONObject: document), encoding: .utf8))
        let parts = text.replacing("\\/", with: "/").components(separatedBy: "#/components/schemas/").dropFirst()
        #expect(parts.count > 10)
        for part in parts { #expect(schemas[String(part.prefix { $0.isLetter })] != nil) }
    }

    /// Runs `openapi-spec-validator` (PyPI) where it is installed: on the PATH, or at `PARLEY_OPENAPI_VALIDATOR`.
    @Test(.enabled(if: OpenAPITests.validator != nil, "openapi-spec-validator is not installed"))
    func theDocumentIsValid() async throws {
        let answer = try await TestService { $0.apiKeys = ["k"] }.get("/openapi.json")
        let path = FileManager.default.temporaryDirectory.path + "/parley-\(UUID().uuidString).json"
        try Data(answer.body.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.validator))
        process.arguments = [path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private static let validator: String? = {
        let environment = ProcessInfo.processInfo.environment
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        let candidates =
            [environment["PARLEY_OPENAPI_VALIDATOR"]].compactMap { $0 }
            + folders.map { "\($0)/openapi-spec-validator" }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
