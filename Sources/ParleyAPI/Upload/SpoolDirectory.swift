import Foundation
import ParleyCore
import Synchronization

/// Why an upload could not be written to disk.
struct SpoolError: Error, CustomStringConvertible {
    /// The kinds of failure.
    enum Code: String, CaseIterable {
        /// The disk or the quota is full.
        case diskFull
        /// Anything else.
        case ioFailed
    }

    var code: Code
    /// The system's words, for logs only.
    var underlying: String

    init(_ code: Code, _ underlying: String) {
        self.code = code
        self.underlying = underlying
    }

    /// From the value of `errno` after a failed call.
    init(errno number: Int32, during call: String) {
        let isFull = number == ENOSPC || number == EDQUOT || number == EFBIG
        self.init(isFull ? .diskFull : .ioFailed, "\(call): \(String(cString: strerror(number)))")
    }

    var description: String { "\(code.rawValue): \(underlying)" }
}

/// A private folder for uploads.
///
/// The folder (mode 0700) lives as long as the process; a lock on a file inside tells other processes so. At start,
/// folders whose process is gone are removed. Disk calls run on a lane of their own.
final class SpoolDirectory: Sendable {
    static let prefix = "parley-spool-"
    private static let lockName = "lock"

    let path: String
    private let lockDescriptor: Int32
    private let nextNumber = Atomic<Int>(0)
    let lane = BlockingLane(name: "spool", threadCount: 2)

    /// Sweeps what other processes left and makes the folder.
    /// - Throws: ``SpoolError``
    init(parent: String) throws {
        Self.sweep(parent: parent)
        let random = String(UInt64.random(in: 0 ... .max), radix: 36)
        path = "\(parent)/\(Self.prefix)\(getpid())-\(random)"
        guard mkdir(path, 0o700) == 0 else { throw SpoolError(errno: errno, during: "mkdir") }
        lockDescriptor = open("\(path)/\(Self.lockName)", O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lockDescriptor >= 0 else { throw SpoolError(errno: errno, during: "open") }
        guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SpoolError(errno: errno, during: "flock")
        }
    }

    deinit {
        Self.remove(folder: path)
        if lockDescriptor >= 0 { close(lockDescriptor) }
    }

    /// An empty file (mode 0600) that is removed when it is let go.
    /// - Throws: ``SpoolError``
    func makeFile() async throws -> SpoolFile {
        let filePath = "\(path)/\(nextNumber.add(1, ordering: .relaxed).newValue)"
        return try await lane.run { [self] in try SpoolFile(path: filePath, directory: self) }
    }

    /// Removes folders whose lock nobody holds.
    ///
    /// Folders of other users and folders without a lock file stay.
    private static func sweep(parent: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let folder = "\(parent)/\(name)"
            let descriptor = open("\(folder)/\(lockName)", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(folder: folder) }
            close(descriptor)
        }
    }

    private static func remove(folder: String) { try? FileManager.default.removeItem(atPath: folder) }
}

/// One upload on disk.
///
/// The file is removed with the last reference, whatever the request's outcome.
final class SpoolFile: Sendable {
    /// Bytes that are collected before the disk is asked.
    static let bufferBytes = 256 << 10

    let path: String
    private let directory: SpoolDirectory
    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32
        var buffer: [UInt8] = []
        var byteCount = 0
    }

    fileprivate init(path: String, directory: SpoolDirectory) throws {
        self.path = path
        self.directory = directory
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SpoolError(errno: errno, during: "open") }
        state = Mutex(State(descriptor: descriptor))
    }

    /// Not on the lane: a cancelled task could not wait for it, and a full lane would leave the file behind.
    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
        unlink(path)
    }

    /// Bytes appended so far.
    var byteCount: Int { state.withLock { $0.byteCount } }

    /// Adds bytes at the end; one caller at a time.
    /// - Throws: ``SpoolError``, `BlockingLane.Full` or `CancellationError`.
    func append(_ bytes: [UInt8]) async throws {
        let isFull = state.withLock { state in
            state.buffer.append(contentsOf: bytes)
            state.byteCount += bytes.count
            return state.buffer.count >= Self.bufferBytes
        }
        if isFull { try await directory.lane.run { try self.flush() } }
    }

    /// Writes what is left and closes the file for writing.
    /// - Throws: ``SpoolError``, `BlockingLane.Full` or `CancellationError`.
    func finish() async throws {
        try await directory.lane.run {
            try self.flush()
            self.state.withLock { state in
                close(state.descriptor)
                state.descriptor = -1
            }
        }
    }

    private func flush() throws {
        let (descriptor, bytes) = state.withLock { state in
            defer { state.buffer.removeAll(keepingCapacity: true) }
            return (state.descriptor, state.buffer)
        }
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw SpoolError(errno: errno, during: "write") }
                rest = rest.dropFirst(count)
            }
        }
    }
}
