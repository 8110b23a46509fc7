import Foundation
import ParleyCore

/// Standard input as a private file: containers whose index lies at the end need one that can be read backwards.
enum StandardInputSpool {
    /// Reads a descriptor to its end into a file that only this user can read.
    ///
    /// Blocking, but gives up within a tenth of a second once cancelled. The file is removed on every failure.
    /// - Returns: Path of the file; the caller removes it.
    /// - Throws: ``CommandFailure`` or `CancellationError`
    static func spool(
        from source: Int32 = STDIN_FILENO, temporaryFiles: TemporaryFiles, cancellation: CancellationFlag
    ) throws -> String {
        let folder = NSTemporaryDirectory()
        let path = (folder as NSString).appendingPathComponent("parley-stdin-\(UUID().uuidString)")
        temporaryFiles.register(path)
        do {
            let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard target >= 0 else { throw failure("made") }
            defer { close(target) }
            try copy(from: source, to: target, cancellation: cancellation)
            return path
        } catch {
            temporaryFiles.remove(path)
            throw error
        }
    }

    private static func copy(from source: Int32, to target: Int32, cancellation: CancellationFlag) throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 1) { buffer in
            while true {
                try cancellation.check()
                var waiting = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
                guard poll(&waiting, 1, 100) != 0 else { continue }
                let count = read(source, buffer.baseAddress, buffer.count)
                if count == 0 { return }
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    throw CommandFailure(
                        .missingInput, "standard input can't be read: \(CommandFailure.systemMessage())")
                }
                let filled = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                do {
                    try DescriptorSink.write(filled, to: target)
                } catch {
                    throw failure("filled")
                }
            }
        }
    }

    private static func failure(_ verb: String) -> CommandFailure {
        CommandFailure(
            .cannotCreateOutput, "a temporary file can't be \(verb): \(CommandFailure.systemMessage())")
    }
}
