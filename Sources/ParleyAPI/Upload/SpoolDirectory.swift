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
        let output = try await lane.run { try SpoolFile.Output(path: filePath) }
        return SpoolFile(path: filePath, output: output, directory: self)
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
    private let output: Output
    private let pending = Mutex<[UInt8]>([])
    private let count = Atomic<Int>(0)

    fileprivate init(path: String, output: Output, directory: SpoolDirectory) {
        self.path = path
        self.output = output
        self.directory = directory
    }

    /// Not on the lane: a cancelled task could not wait for it, and a full lane would leave the file behind.
    deinit { unlink(path) }

    /// Bytes appended so far.
    var byteCount: Int { count.load(ordering: .relaxed) }

    /// Adds bytes at the end; one caller at a time.
    /// - Throws: ``SpoolError``, `BlockingLane.Full` or `CancellationError`.
    func append(_ bytes: [UInt8]) async throws {
        count.add(bytes.count, ordering: .relaxed)
        let full = pending.withLock { pending -> [UInt8]? in
            pending.append(contentsOf: bytes)
            guard pending.count >= Self.bufferBytes else { return nil }
            defer { pending = [] }
            return pending
        }
        // Only the output goes to the lane, which may hold on to it a little longer than the file may live.
        if let full { try await directory.lane.run { [output] in try output.write(full) } }
    }

    /// Writes what is left and closes the file for writing.
    /// - Throws: ``SpoolError``, `BlockingLane.Full` or `CancellationError`.
    func finish() async throws {
        let rest = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        try await directory.lane.run { [output] in
            try output.write(rest)
            try output.close()
        }
    }

    /// The open file.
    ///
    /// All calls block.
    fileprivate final class Output: Sendable {
        private let descriptor: Mutex<Int32>

        /// Makes a file of mode 0600 that must not exist yet.
        init(path: String) throws {
            let opened = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard opened >= 0 else { throw SpoolError(errno: errno, during: "open") }
            descriptor = Mutex(opened)
        }

        deinit {
            descriptor.withLock { if $0 >= 0 { _ = Foundation.close($0) } }
        }

        func write(_ bytes: [UInt8]) throws {
            try descriptor.withLock { descriptor in
                try bytes.withUnsafeBytes { buffer in
                    var rest = buffer[...]
                    while !rest.isEmpty {
                        let piece = UnsafeRawBufferPointer(rebasing: rest)
                        let count = Foundation.write(descriptor, piece.baseAddress, piece.count)
                        if count < 0, errno == EINTR { continue }
                        guard count > 0 else { throw SpoolError(errno: errno, during: "write") }
                        rest = rest.dropFirst(count)
                    }
                }
            }
        }

        /// Closes the file; some file systems report a full disk only now.
        func close() throws {
            try descriptor.withLock { descriptor in
                let status = descriptor < 0 ? 0 : Foundation.close(descriptor)
                descriptor = -1
                guard status == 0 else { throw SpoolError(errno: errno, during: "close") }
            }
        }
    }
}
