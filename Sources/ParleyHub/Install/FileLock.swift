import Foundation
import ParleyCore

/// An advisory lock on a file, which ends with the process at the latest.
///
/// The file stays: removing it would let two processes hold locks on two files of one name.
enum FileLock {
    /// Runs a body while the lock is held. Blocking.
    /// - Parameter onWait: Told once when another process holds it.
    /// - Throws: ``HubError`` with `cannotWrite`; `CancellationError`; what the body throws.
    static func holding<Value>(
        _ path: String, cancellation: CancellationFlag, onWait: () -> Void, _ body: () throws -> Value
    ) throws -> Value {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw HubError.cannotWrite(path) }
        defer { close(descriptor) }
        var isWaiting = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw HubError.cannotWrite(path) }
            if !isWaiting { onWait() }
            isWaiting = true
            try RetryPolicy.wait(.milliseconds(100), cancellation)
        }
        return try body()
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
