import Foundation
import ParleyTestSupport
import Testing

/// A script in `clients/`, run with the Python of the set-up's test environment.
///
/// A script makes many checks and prints one JSON line for each; `clients/checks.py` is its side of it.
struct PythonClient: Sendable {
    /// File name in `clients/` without its ending.
    let script: String

    /// One check of a script.
    private struct Check: Decodable {
        let check: String
        let ok: Bool
        let detail: String
    }

    /// Path of the interpreter.
    static let interpreter = TestEnvironment.dataDirectory + "/test-venv/bin/python"

    /// Runs the script; every failed check is an issue of the test, as is a script that ends early.
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - limit: How long it may take.
    ///   - count: The least number of checks.
    func verify(_ arguments: [String], within limit: Duration, atLeast count: Int = 1) async throws {
        let process = try start(arguments)
        let outcome = try await process.outcome(within: limit)
        let lines = outcome.output.split(separator: "\n")
        let checks = try lines.map { try JSONDecoder().decode(Check.self, from: Data($0.utf8)) }
        for check in checks where !check.ok { Issue.record("\(script), \(check.check): \(check.detail)") }
        #expect(outcome.status == 0, "\(script) ended with \(outcome.status): \(outcome.errors.suffix(2_000))")
        #expect(checks.count >= count)
    }

    /// Starts the script.
    func start(_ arguments: [String]) throws -> ChildProcess {
        try #require(
            TestEnvironment.exists(Self.interpreter), "no Python clients: run `scripts/setup --tests` first")
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let environment = [
            "PARLEY_DATA_DIR": TestEnvironment.dataDirectory, "PYTHONDONTWRITEBYTECODE": "1", "NO_PROXY": "*",
        ]
        return try ChildProcess(
            Self.interpreter, [folder.appendingPathComponent("clients/\(script).py").path] + arguments,
            environment: environment)
    }
}
