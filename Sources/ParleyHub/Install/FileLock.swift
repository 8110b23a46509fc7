import Foundation
import ParleyCore

/// An advisory lock on a file, which ends with the process at the latest.
///
enum FileLock {
    /// Runs a body while the lock is held; blocking.
    /// - Parameter onWait: Told once when another process holds it.
    /// - Throws: ``HubError`` with `cannotWrite`; `CancellationError`; what the body throws.
    static func holding<Value>(
        _ path: String, cancellation: CancellationFlag, onWait: () -> Void, _ body: () throws -> Value
    ) throws -> Value {
        var isWaiting = false
        while true {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw HubError.cannotWrite(path) }
            defer { close(descriptor) }
            try take(descriptor, path, cancellation) {
                if !isWaiting { onWait() }
                isWaiting = true
            }
            // Whoever held it may have removed this file, and a third may hold its successor.
            guard isFile(descriptor, at: path) else { continue }
            defer { unlink(path) }
            return try body()
        }
    }

    private static func take(
        _ descriptor: Int32, _ path: String, _ cancellation: CancellationFlag, onWait: () -> Void
    ) throws {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw HubError.cannotWrite(path) }
            onWait()
            try RetryPolicy.wait(.milliseconds(100), cancellation)
        }
    }

    private static func isFile(_ descriptor: Int32, at path: String) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && lstat(path, &named) == 0 && held.st_ino == named.st_ino
            && held.st_dev == named.st_dev
    }
}

extension HubError {
    /// The failure that `errno` tells of.
    static func cannotWrite(_ path: String, _ number: Int32 = errno) -> HubError {
        let reason = String(cString: strerror(number))
        if number == ENOSPC || number == EDQUOT { return HubError(.diskFull, "the disk is full: \(path)") }
        return HubError(.cannotWrite, "\(path) can't be written: \(reason)")
    }
}
