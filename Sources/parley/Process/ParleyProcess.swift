import Foundation

/// The process around one run: signals in, exit code out.
struct ParleyProcess: Sendable {
    private let console = Console()
    private let temporaryFiles = TemporaryFiles()
    private let stopDeadline = StopDeadline()
    private let signals = StopSignals()

    /// Runs a command to its end, or to what signals leave of it.
    ///
    /// Call on the main thread, first thing.
    func run(_ words: [String]) -> Never {
        let run = ProgramRun(
            console: console, composition: .live, temporaryFiles: temporaryFiles, stopDeadline: stopDeadline,
            environment: ProcessInfo.processInfo.environment)
        let task = Task.detached { await run.run(words) }
        Task.detached { finish(await task.value) }
        while true {
            let (signal, count) = signals.wait()
            stop(task, signal, count: count)
        }
    }

    private func finish(_ code: ExitCode) -> Never {
        temporaryFiles.removeAll()
        // Not `exit`: nothing is buffered, and libraries' destructors must not run under threads that still work.
        guard code == .interrupted, let signal = signals.first else { _exit(code.rawValue) }
        _exit(StopSignals.exitCode(signal).rawValue)
    }

    /// The first signal asks the command to stop; a second one, or a command that does not stop, ends the process.
    private func stop(_ task: Task<ExitCode, Never>, _ signal: Int32, count: Int) {
        guard count == 1 else { end(signal) }
        task.cancel()
        Thread.detachNewThread { @Sendable in
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
