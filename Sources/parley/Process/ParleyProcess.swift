import Foundation
import Synchronization

/// The process around one run: signals in, exit code out.
final class ParleyProcess: Sendable {
    private let console = Console()
    private let temporaryFiles = TemporaryFiles()
    private let stopDeadline = StopDeadline()
    private let running = Mutex<Task<ExitCode, Never>?>(nil)

    /// Runs a command to its end, or to what signals leave of it.
    func run(_ words: [String]) async -> ExitCode {
        let signals = StopSignals { [self] signal, count in stop(signal, count: count) }
        let run = ProgramRun(
            console: console, composition: .live, temporaryFiles: temporaryFiles,
            stopDeadline: stopDeadline, environment: ProcessInfo.processInfo.environment)
        let task = Task { await run.run(words) }
        running.withLock { $0 = task }
        // A signal that came before there was a task to cancel.
        if signals.first != nil { task.cancel() }
        let code = await task.value
        temporaryFiles.removeAll()
        guard code == .interrupted, let signal = signals.first else { return code }
        return StopSignals.exitCode(signal)
    }

    /// The first signal asks the command to stop; a second one, or a command that does not stop, ends the process.
    private func stop(_ signal: Int32, count: Int) {
        guard count == 1 else { end(signal) }
        running.withLock { $0 }?.cancel()
        Thread.detachNewThread { @Sendable [self] in
            Thread.sleep(forTimeInterval: stopDeadline.current.inSeconds)
            end(signal)
        }
    }

    /// Ends the process at once, with nothing half-written left behind.
    private func end(_ signal: Int32) -> Never {
        temporaryFiles.removeAll()
        console.clearLineIfFree()
        _exit(StopSignals.exitCode(signal).rawValue)
    }
}
