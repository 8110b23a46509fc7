import Synchronization

/// Standard output and standard error of a command.
///
/// Error lines and the progress line share one terminal: a line that is drawn over is cleared before anything else is
/// written there.
final class Console: Sendable {
    let output: any TextSink
    let errors: any TextSink
    private let isLineDrawn = Mutex(false)

    init(output: any TextSink = DescriptorSink.standardOutput, errors: any TextSink = DescriptorSink.standardError) {
        self.output = output
        self.errors = errors
    }

    /// Writes to standard output.
    func print(_ text: String) throws {
        clearLine()
        try output.write(text)
    }

    /// Writes a line to standard error, if it can be written at all.
    func note(_ line: String) {
        clearLine()
        try? errors.write(line + "\n")
    }

    /// Writes an error line to standard error, and its cause when wanted.
    func report(_ failure: CommandFailure, about subject: String? = nil, withCause: Bool = false) {
        let prefix = subject.map { "\($0): " } ?? ""
        note("parley: \(prefix)\(failure.message)")
        if withCause, let cause = failure.cause { note("parley: cause: \(cause)") }
    }

    /// Draws a line over the last drawn one; terminals only.
    func draw(_ line: String) {
        isLineDrawn.withLock { isDrawn in
            isDrawn = true
            // Overwrite first and erase what is left behind, so that nothing flickers.
            try? errors.write("\r\(line)\u{1B}[K")
        }
    }

    /// Takes the drawn line away.
    func clearLine() {
        isLineDrawn.withLock { isDrawn in
            guard isDrawn else { return }
            isDrawn = false
            try? errors.write("\r\u{1B}[K")
        }
    }

    /// The same for a process that is about to end: it does not wait for a writer that hangs.
    func clearLineIfFree() {
        isLineDrawn.withLockIfAvailable { isDrawn in
            guard isDrawn else { return }
            isDrawn = false
            try? errors.write("\r\u{1B}[K")
        }
    }
}
