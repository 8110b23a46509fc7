import Foundation
import ParleyTestSupport
import Testing

/// A running `parley serve` on a port of its own.
struct ServerProcess: Sendable {
    /// Where it listens, without a slash at the end.
    let url: String
    /// The process.
    let process: ChildProcess

    /// What ends a server.
    enum End: Sendable {
        /// SIGTERM after the test, upon which it has to end with 0.
        case signal
        /// What the test does; it has to end with this status.
        case itself(Int32)
    }

    /// Starts a server, lets a test use it and stops it in every outcome.
    ///
    /// It has to leave nothing in its temporary and home folder.
    /// - Parameters:
    ///   - options: Options of `parley serve`.
    ///   - end: What ends it when all goes well.
    ///   - body: The test.
    static func with(
        _ options: [String] = [], endingWith end: End = .signal, _ body: (ServerProcess) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let process = try ParleyBinary.start(["serve", "--port", "0"] + options, temporaryFolder: folder)
        let server = ServerProcess(url: try await address(process), process: process)
        do {
            try await body(server)
        } catch {
            process.signal(SIGTERM)
            _ = try? await process.outcome(within: .seconds(40))
            throw error
        }
        var expected: Int32 = 0
        if case .itself(let status) = end { expected = status } else { process.signal(SIGTERM) }
        let outcome = try await process.outcome(within: .seconds(60))
        #expect(outcome.status == expected, "the server said: \(outcome.errors.suffix(2_000))")
        let left = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        #expect(left.isEmpty, "the server has left files: \(left)")
    }

    private static func address(_ process: ChildProcess) async throws -> String {
        let mark = "listening on "
        try await process.wait(for: "line with the address", within: .seconds(90)) {
            process.output.contains(mark) && process.output.contains("\n")
        }
        let line = process.output.split(separator: "\n").first { $0.contains(mark) } ?? ""
        return String(line.split(separator: " ").last ?? "")
    }
}
