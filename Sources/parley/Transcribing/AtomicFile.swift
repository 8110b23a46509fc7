import Foundation

/// Writes files that are whole or not there.
enum AtomicFile {
    /// Writes beside the path and renames; an existing file is replaced at once or not at all.
    ///
    /// Blocking.
    /// - Throws: ``CommandFailure`` with `cannotCreateOutput`; nothing is left behind then.
    static func write(_ text: String, to path: String, temporaryFiles: TemporaryFiles) throws(CommandFailure) {
        let folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        let partial = (folder as NSString).appendingPathComponent(".\(name).\(UUID().uuidString).partial")
        temporaryFiles.register(partial)
        do {
            let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw CommandFailure(.cannotCreateOutput, CommandFailure.systemMessage()) }
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            try bytes.withUnsafeBytes { try DescriptorSink.write($0, to: descriptor) }
            guard fsync(descriptor) == 0, rename(partial, path) == 0 else {
                throw CommandFailure(.cannotCreateOutput, CommandFailure.systemMessage())
            }
            temporaryFiles.forget(partial)
        } catch {
            temporaryFiles.remove(partial)
            throw CommandFailure(.cannotCreateOutput, "\(path) can't be written: \(CommandFailure(error).message)")
        }
    }

    /// Makes a folder for outputs, with the folders above it.
    static func makeFolder(_ path: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(
                .cannotCreateOutput, "the folder \(path) can't be made", cause: String(describing: error))
        }
        guard access(path, W_OK | X_OK) == 0 else {
            throw CommandFailure(.cannotCreateOutput, "the folder \(path) can't be written to")
        }
    }
}
