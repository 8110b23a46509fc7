import Foundation
import ParleyTestSupport
import Testing

/// The built program and what it runs on.
enum ParleyBinary {
    /// The program was not built beside the tests.
    struct Missing: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) is not there: run `swift build --build-tests` first" }
    }

    /// Path of the program: beside the bundle that holds these tests.
    static func path() throws -> String {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = bundle.deletingLastPathComponent().appendingPathComponent("parley").path
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing(path: path) }
        return path
    }

    /// Starts a command.
    /// - Parameters:
    ///   - arguments: The command and its options.
    ///   - input: A file for its standard input; nothing to read otherwise.
    ///   - temporaryFolder: Its `TMPDIR` and `HOME`; a new one otherwise.
    static func start(
        _ arguments: [String], input: String? = nil, temporaryFolder: TemporaryFolder? = nil
    ) throws -> ChildProcess {
        let folder = try temporaryFolder ?? TemporaryFolder()
        return try ChildProcess(
            path(), arguments,
            environment: [
                "PARLEY_DATA_DIR": TestEnvironment.dataDirectory, "TMPDIR": folder.url.path, "HOME": folder.url.path,
            ],
            input: input, keeping: folder)
    }

    /// Runs a command to its end; it has to leave nothing in its temporary and home folder.
    /// - Parameters:
    ///   - arguments: The command and its options.
    ///   - input: A file for its standard input.
    ///   - limit: How long it may take.
    static func run(
        _ arguments: [String], input: String? = nil, within limit: Duration = .seconds(120)
    ) async throws -> ChildProcess.Outcome {
        let folder = try TemporaryFolder()
        let outcome = try await start(arguments, input: input, temporaryFolder: folder).outcome(within: limit)
        let left = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        #expect(left.isEmpty, "\(arguments) has left files: \(left)")
        return outcome
    }
}
