import Foundation

/// A file that is being fetched: what has come so far, and the tag of the version that it is of.
///
/// Blocking.
struct PartFile {
    private let path: String
    private let tagPath: String

    /// - Parameter path: Where it is or will be; its folder exists.
    init(_ path: String) {
        self.path = path
        tagPath = path + ".tag"
    }

    /// Bytes that have come.
    var byteCount: Int { FileSystem.size(path) ?? 0 }

    /// The storage's entity tag, by which it knows whether its file is still the same.
    var tag: String? {
        FileManager.default.contents(atPath: tagPath).map { String(decoding: $0, as: UTF8.self) }
            .flatMap { $0.isEmpty || $0.contains(where: \.isNewline) ? nil : $0 }
    }

    /// Whether what has come has a checksum; reads all bytes.
    func matches(_ digest: Digest) -> Bool { digest.matches(file: path) }

    /// Throws away what has come.
    func remove() {
        unlink(path)
        unlink(tagPath)
    }

    /// Writes what comes next.
    /// - Throws: ``HubError`` with `diskFull` or `cannotWrite`.
    func writer() throws(HubError) -> Writer { try Writer(path, tagPath) }

    /// Moves the whole file to its place, on the disk for good.
    func move(to place: String) throws(HubError) {
        guard rename(path, place) == 0 else { throw HubError.cannotWrite(place) }
        unlink(tagPath)
    }

    /// The open file.
    final class Writer {
        private let descriptor: Int32
        private let path: String
        private let tagPath: String

        fileprivate init(_ path: String, _ tagPath: String) throws(HubError) {
            descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw HubError.cannotWrite(path) }
            self.path = path
            self.tagPath = tagPath
        }

        deinit { close(descriptor) }

        /// Begins at the start, with a file of this tag; a weak tag is worth nothing for parts.
        func restart(tag: String?) throws(HubError) {
            guard ftruncate(descriptor, 0) == 0 else { throw HubError.cannotWrite(path) }
            let strong = tag.flatMap { $0.hasPrefix("\"") ? $0 : nil } ?? ""
            guard FileManager.default.createFile(atPath: tagPath, contents: Data(strong.utf8)) else {
                throw HubError.cannotWrite(tagPath)
            }
        }

        /// Writes bytes at an offset.
        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(HubError) {
            var (rest, offset) = (bytes, offset)
            while let start = rest.baseAddress, !rest.isEmpty {
                let written = pwrite(descriptor, start, rest.count, off_t(offset))
                if written < 0 {
                    guard errno == EINTR else { throw HubError.cannotWrite(path) }
                    continue
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                offset += written
            }
        }

        /// Waits until everything is on the disk.
        func synchronize() throws(HubError) {
            guard fsync(descriptor) == 0 else { throw HubError.cannotWrite(path) }
        }
    }
}

/// What Foundation does not offer or not exactly; blocking.
enum FileSystem {
    /// Bytes of a plain file; nil for anything else.
    static func size(_ path: String) -> Int? {
        var figures = stat()
        guard lstat(path, &figures) == 0, figures.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(figures.st_size)
    }

    /// Whether a folder is there.
    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Bytes that an ordinary user may still write; nil when unknown.
    static func freeBytes(_ folder: String) -> Int? {
        var figures = statvfs()
        return statvfs(folder, &figures) == 0 ? Int(figures.f_bavail) * Int(figures.f_frsize) : nil
    }

    /// Makes a folder with those above it.
    static func makeFolder(_ path: String) throws(HubError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw HubError(.cannotWrite, "the folder \(path) can't be made", underlying: String(describing: error))
        }
    }

    /// Waits until a folder's entries are on the disk.
    static func synchronizeFolder(_ path: String) throws(HubError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HubError.cannotWrite(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw HubError.cannotWrite(path) }
    }
}
