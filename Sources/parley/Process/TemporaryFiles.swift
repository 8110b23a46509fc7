import Foundation
import Synchronization

/// Files and folders that must not outlive the process, whatever ends it.
///
/// Whoever makes one registers it first and removes it when done; a forced exit removes what is left.
final class TemporaryFiles: Sendable {
    private let paths = Mutex<Set<String>>([])

    /// Remembers a path that is about to be made.
    func register(_ path: String) { paths.withLock { _ = $0.insert(path) } }

    /// Forgets a path that was renamed away or removed.
    func forget(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// Deletes a file and forgets it.
    func remove(_ path: String) {
        unlink(path)
        forget(path)
    }

    /// Deletes everything that is still registered.
    func removeAll() {
        let left = paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
        for path in left { try? FileManager.default.removeItem(atPath: path) }
    }
}
