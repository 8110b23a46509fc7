import Foundation

/// The reader of standard output has closed it.
struct BrokenPipe: Error {}

/// Where a command writes text.
protocol TextSink: Sendable {
    /// Columns of the terminal behind it; nil when it is no terminal.
    var terminalWidth: Int? { get }

    /// Writes all of the text, unbuffered.
    /// - Throws: ``BrokenPipe``, or ``CommandFailure`` with `cannotCreateOutput`.
    func write(_ text: String) throws
}

/// A file descriptor: standard output or standard error.
struct DescriptorSink: TextSink {
    let descriptor: Int32

    static let standardOutput = DescriptorSink(descriptor: STDOUT_FILENO)
    static let standardError = DescriptorSink(descriptor: STDERR_FILENO)

    var terminalWidth: Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBytes { try Self.write($0, to: descriptor) }
    }

    /// Writes all bytes, through interruptions and full pipes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = Glibc.write(descriptor, start, rest.count)
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno == EPIPE {
                throw BrokenPipe()
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw CommandFailure(
                    .cannotCreateOutput, "the output can't be written: \(CommandFailure.systemMessage())")
            }
        }
    }
}
