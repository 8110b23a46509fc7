import Foundation

/// A program of the machine that tests use to make their inputs.
public struct CommandLineTool: Sendable {
    /// Where the program is.
    public let path: String

    /// Looks a program up in `PATH`; nil when it is not installed.
    public init?(_ name: String) {
        let folders = (TestEnvironment.variable("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        let found = folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else { return nil }
        path = found
    }

    /// The program failed.
    public struct Failure: Error, CustomStringConvertible {
        /// Its command line, exit code and what it said.
        public let description: String
    }

    /// Runs the program and waits for its end.
    /// - Throws: ``Failure`` when it exits with anything but 0.
    public func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let words = (try errors.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(path) \(arguments.joined(separator: " ")): exit \(process.terminationStatus): "
                    + String(decoding: words, as: UTF8.self))
        }
    }
}
