import Foundation
import ParleyCore

/// Transcribes the inputs of one command one after the other.
struct TranscribeRun: Sendable {
    private let request: TranscribeRequest
    private let settings: Settings
    private let console: Console
    private let temporaryFiles: TemporaryFiles
    private let composition: Composition
    private let lane = BlockingLane(name: "parley-files")

    init(_ request: TranscribeRequest, _ invocation: Invocation) {
        self.request = request
        settings = invocation.settings
        console = invocation.console
        temporaryFiles = invocation.temporaryFiles
        composition = invocation.composition
    }

    /// - Returns: How the inputs went, see ``exitCode(failures:of:)``.
    /// - Throws: what stops the whole run: no models, no folder for outputs, cancellation, a closed output.
    func perform() async throws -> ExitCode {
        if let folder = request.outputFolder { try AtomicFile.makeFolder(folder) }
        tellAboutNumberedNames()
        if !request.isQuiet, console.errors.terminalWidth != nil { console.draw("loading models") }
        let transcriber = try await composition.transcriber(settings)
        var summaries: [TranscriptionSummary] = []
        var failures: [ExitCode] = []
        for (index, input) in request.inputs.enumerated() {
            do {
                summaries.append(try await transcribe(input, index: index, with: transcriber))
            } catch {
                try Task.checkCancellation()
                let failure = CommandFailure(error)
                if [.brokenPipe, .interrupted].contains(failure.exitCode) { throw error }
                console.report(
                    failure, about: input.displayName, withCause: settings.logging.level == .debug)
                failures.append(failure.exitCode)
            }
        }
        if request.inputs.count > 1, !request.isQuiet {
            console.note(TranscriptionSummary.total(summaries, failed: failures.count))
        }
        return Self.exitCode(failures: failures, of: request.inputs.count)
    }

    /// One input ends with its own code; several with "some" or "all failed".
    static func exitCode(failures: [ExitCode], of count: Int) -> ExitCode {
        guard let first = failures.first else { return .success }
        if count == 1 { return first }
        return failures.count == count ? .allInputsFailed : .someInputsFailed
    }

    private func transcribe(
        _ input: PlannedInput, index: Int, with transcriber: any Transcriber
    ) async throws -> TranscriptionSummary {
        let state = ProgressState(name: input.displayName, index: index + 1, count: request.inputs.count)
        var progress = ProgressReporter(state, isQuiet: request.isQuiet, console: console)
        defer { progress.finish() }
        progress.update(nil)
        let path = try await localPath(input)
        defer { if input.isStandardInput { temporaryFiles.remove(path) } }
        let audio = AudioInput(path: path, displayName: input.displayName)
        var result: Transcript?
        for try await event in transcriber.transcribe(audio, options: request.options) {
            switch event {
            case .progress(let report): progress.update(report)
            case .segment: break
            case .finished(let transcript): result = transcript
            }
        }
        // The iteration of a cancelled task ends as if all were said.
        try Task.checkCancellation()
        guard let result else { throw CommandFailure(.internalFailure, "the transcription ended without a result") }
        let summary = TranscriptionSummary(
            result, processing: progress.elapsed, isDiarized: request.options.diarization != nil)
        progress.finish()
        try await write(result, of: input)
        if !request.isQuiet { summary.lines(name: input.displayName).forEach(console.note) }
        return summary
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

    private func write(_ transcript: Transcript, of input: PlannedInput) async throws {
        let width = request.outputFolder == nil ? console.output.terminalWidth : nil
        for format in request.formats {
            let text = format.render(transcript, recordingName: input.outputStem, width: width)
            if let folder = request.outputFolder {
                let name = "\(input.outputStem).\(format.fileExtension)"
                let path = (folder as NSString).appendingPathComponent(name)
                try await lane.run { [temporaryFiles] in
                    try AtomicFile.write(text, to: path, temporaryFiles: temporaryFiles)
                }
            } else {
                let heading = request.inputs.count > 1 && !format.describesItself
                try console.print((heading ? "==> \(input.displayName) <==\n" : "") + text)
            }
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
