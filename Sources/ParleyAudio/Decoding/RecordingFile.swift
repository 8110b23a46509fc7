import Glibc
import ParleyCore

/// The file of a recording, opened for reading and nothing else.
final class RecordingFile {
    /// Length in bytes when it was opened.
    let byteCount: Int
    private let descriptor: Int32

    /// Opens a regular file.
    /// - Throws: ``AudioError`` with `unreadable`, `empty` or `tooLarge`.
    init(path: String, maximumBytes: Int) throws(AudioError) {
        // Without O_NONBLOCK, opening a named pipe would wait for a writer.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw AudioError(.unreadable, "The file can't be opened: \(reason).", underlying: path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw AudioError(.unreadable, "Only plain files can be read.", underlying: path)
        }
        let byteCount = Int(status.st_size)
        guard byteCount > 0 else {
            close(descriptor)
            throw AudioError(.empty, "The file is empty: it has no bytes.")
        }
        guard byteCount <= maximumBytes else {
            close(descriptor)
            throw AudioError(
                .tooLarge, "The file has \(byteCount) bytes; at most \(maximumBytes) bytes are accepted.")
        }
        self.byteCount = byteCount
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Reads the next bytes.
    /// - Returns: how many; 0 at the end, nil on failure.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { return nil }
        }
    }

    /// Moves to another place.
    /// - Parameter whence: `SEEK_SET`, `SEEK_CUR` or `SEEK_END`.
    /// - Returns: the new offset from the start; nil on failure.
    func seek(to offset: Int64, whence: Int32) -> Int64? {
        let position = lseek(descriptor, Int(offset), whence)
        return position >= 0 ? Int64(position) : nil
    }
}
