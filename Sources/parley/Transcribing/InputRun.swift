import Foundation
import ParleyCore
import Synchronization

/// The inputs of one command, one after the other: finds each, shows progress, writes what becomes of it, and counts
/// what fails.
struct InputRun: Sendable {
    /// What the command line says of inputs and outputs.
    struct Request: Sendable {
        let inputs: [PlannedInput]
        /// nil is standard output.
        let outputFolder: String?
        let isQuiet: Bool

        init(_ arguments: ParsedArguments, command: String) throws(UsageError) {
            inputs = try InputPlan.make(arguments.operands, command: command)
            outputFolder = arguments.value("output")
            isQuiet = arguments.flag("quiet")
        }
    }

    /// A text to be written.
    struct Document: Sendable {
        /// What its file is called after the dot.
        let fileExtension: String
        let text: String
        /// Whether it can follow others on one output without a heading.
        let describesItself: Bool
    }

    /// What became of an input.
    struct Outcome: Sendable {
        let documents: [Document]
        let summary: TranscriptionSummary
    }

    /// The work on one input.
    typealias Work =
        @Sendable (_ audio: AudioInput, _ input: PlannedInput, _ progress: SharedProgress) async throws -> Outcome

    private let request: Request
    private let console: Console
    private let temporaryFiles: TemporaryFiles
    private let showsCauses: Bool
    private let lane = BlockingLane(name: "parley-files")

    init(_ request: Request, _ invocation: Invocation) {
        self.request = request
        console = invocation.console
        temporaryFiles = invocation.temporaryFiles
        showsCauses = invocation.settings.logging.level == .debug
    }

    /// What can be found out before models are loaded.
    /// - Throws: ``CommandFailure`` when the folder for outputs can't be had.
    func prepare() throws {
        if let folder = request.outputFolder { try AtomicFile.makeFolder(folder) }
        tellAboutNumberedNames()
        if !request.isQuiet, console.errors.terminalWidth != nil { console.draw("loading models") }
    }

    /// - Parameter verb: What is done to inputs, for the summary: `transcribed`.
    /// - Returns: How the inputs went, see ``exitCode(failures:of:)``.
    /// - Throws: what stops the whole run: cancellation, a closed output.
    func perform(verb: String, _ work: Work) async throws -> ExitCode {
        var summaries: [TranscriptionSummary] = []
        var failures: [ExitCode] = []
        for (index, input) in request.inputs.enumerated() {
            do {
                summaries.append(try await take(input, index: index, work))
            } catch {
                try Task.checkCancellation()
                let failure = CommandFailure(error)
                if [.brokenPipe, .interrupted].contains(failure.exitCode) { throw error }
                console.report(failure, about: input.displayName, withCause: showsCauses)
                failures.append(failure.exitCode)
            }
        }
        if request.inputs.count > 1, !request.isQuiet {
            console.note(TranscriptionSummary.total(summaries, failed: failures.count, verb: verb))
        }
        return Self.exitCode(failures: failures, of: request.inputs.count)
    }

    /// One input ends with its own code; several with "some" or "all failed".
    static func exitCode(failures: [ExitCode], of count: Int) -> ExitCode {
        guard let first = failures.first else { return .success }
        if count == 1 { return first }
        return failures.count == count ? .allInputsFailed : .someInputsFailed
    }

    private func take(_ input: PlannedInput, index: Int, _ work: Work) async throws -> TranscriptionSummary {
        let state = ProgressState(name: input.displayName, index: index + 1, count: request.inputs.count)
        let progress = SharedProgress(ProgressReporter(state, isQuiet: request.isQuiet, console: console))
        defer { progress.finish() }
        progress.update(nil)
        let path = try await localPath(input)
        defer { if input.isStandardInput { temporaryFiles.remove(path) } }
        let outcome = try await work(AudioInput(path: path, displayName: input.displayName), input, progress)
        progress.finish()
        for document in outcome.documents { try await write(document, of: input) }
        if !request.isQuiet { outcome.summary.lines(name: input.displayName).forEach(console.note) }
        return outcome.summary
    }

    private func localPath(_ input: PlannedInput) async throws -> String {
        if input.isStandardInput {
            return try await withCancellationFlag { flag in
                try await lane.run { [temporaryFiles] in
                    try StandardInputSpool.spool(temporaryFiles: temporaryFiles, cancellation: flag)
                }
            }
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: input.operand, isDirectory: &isFolder) else {
            throw CommandFailure(.missingInput, "no such file")
        }
        guard !isFolder.boolValue else { throw CommandFailure(.missingInput, "is a folder") }
        guard FileManager.default.isReadableFile(atPath: input.operand) else {
            throw CommandFailure(.missingInput, "can't be read: permission denied")
        }
        return input.operand
    }

    private func write(_ document: Document, of input: PlannedInput) async throws {
        let text = document.text.hasSuffix("\n") || document.text.isEmpty ? document.text : document.text + "\n"
        if let folder = request.outputFolder {
            let path = (folder as NSString).appendingPathComponent("\(input.outputStem).\(document.fileExtension)")
            try await lane.run { [temporaryFiles] in
                try AtomicFile.write(text, to: path, temporaryFiles: temporaryFiles)
            }
        } else {
            let heading = request.inputs.count > 1 && !document.describesItself
            try console.print((heading ? "==> \(input.displayName) <==\n" : "") + text)
        }
    }

    private func tellAboutNumberedNames() {
        guard request.outputFolder != nil, !request.isQuiet else { return }
        let natural = Dictionary(grouping: request.inputs) { InputPlan.stem($0.operand) }
        for (stem, inputs) in natural.sorted(by: { $0.key < $1.key }) {
            for input in inputs where input.outputStem != stem {
                console.note(
                    "parley: note: \(input.operand) is written as \(input.outputStem), because \(stem) is taken")
            }
        }
    }
}

/// The progress of one input, reported by whichever task works on it.
final class SharedProgress: Sendable {
    private let reporter: Mutex<ProgressReporter>

    init(_ reporter: ProgressReporter) { self.reporter = Mutex(reporter) }

    /// Time since the work began.
    var elapsed: Duration { reporter.withLock { $0.elapsed } }

    /// Takes a report, nil for "it begins", and shows it when it is due.
    func update(_ progress: TranscriptionProgress?) { reporter.withLock { $0.update(progress) } }

    /// Takes the live line away.
    func finish() { reporter.withLock { $0.finish() } }
}
