import Foundation
import ParleyTestSupport

/// A program that a test has started: its output goes to files, and it is gone when its owner is.
final class ChildProcess: Sendable {
    /// How a program ended.
    struct Outcome: Sendable {
        /// Exit status; 128 and the signal's number for a program that a signal has killed.
        let status: Int32
        let output: String
        let errors: String
    }

    /// A program did not do what a test waits for.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process: Locked<Process>
    private let folder: TemporaryFolder
    private let kept: TemporaryFolder?
    private let name: String

    /// Number of the process.
    let identifier: Int32

    /// Starts a program.
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments.
    ///   - environment: Variables beside those of the tests, of which `PARLEY_*` are not handed on.
    ///   - input: A file for its standard input; nothing to read otherwise.
    ///   - kept: A folder that lives as long as the process.
    init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
        keeping kept: TemporaryFolder? = nil
    ) throws {
        folder = try TemporaryFolder()
        self.kept = kept
        name = ([path.split(separator: "/").last.map(String.init) ?? path] + arguments).joined(separator: " ")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("PARLEY_") }.merging(environment) { $1 }
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? .nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write("out", [])))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write("err", [])))
        try process.run()
        identifier = process.processIdentifier
        self.process = Locked(process)
    }

    deinit { if isRunning { kill(identifier, SIGKILL) } }

    /// Whether it has not ended.
    var isRunning: Bool { process.value.isRunning }
    /// What it has written to standard output so far.
    var output: String { contents("out") }
    /// What it has written to standard error so far.
    var errors: String { contents("err") }

    /// Sends a signal.
    func signal(_ number: Int32) { if isRunning { kill(identifier, number) } }

    /// Waits until something is true.
    /// - Throws: ``Failure`` after the limit, or as soon as the process has ended without it.
    func wait(for what: String, within limit: Duration, _ isTrue: () throws -> Bool) async throws {
        let end = ContinuousClock.now + limit
        while try !isTrue() {
            guard isRunning else { throw failure("ended before \(what)") }
            guard ContinuousClock.now < end else { throw failure("no \(what) within \(limit)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for its end.
    /// - Throws: ``Failure`` after the limit, when it is killed.
    func outcome(within limit: Duration) async throws -> Outcome {
        let end = ContinuousClock.now + limit
        while isRunning {
            guard ContinuousClock.now < end else {
                kill(identifier, SIGKILL)
                throw failure("did not end within \(limit)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let process = process.value
        let isKilled = process.terminationReason == .uncaughtSignal
        return Outcome(status: process.terminationStatus + (isKilled ? 128 : 0), output: output, errors: errors)
    }

    private func contents(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: folder.url.appendingPathComponent(name))) ?? Data(), as: UTF8.self)
    }

    private func failure(_ what: String) -> Failure {
        Failure(
            description: "\(name): \(what)\nstandard output:\n\(output.suffix(2_000))\nerrors:\n\(errors.suffix(2_000))"
        )
    }
}
