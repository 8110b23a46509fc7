import Foundation
import ParleyCore

/// The files of a folder of voices.
///
/// All calls block.
struct VoiceProfileFiles: Sendable {
    /// What is wrong with a file.
    struct Damage: Error {
        let cause: String
    }

    let folder: String

    /// A profile takes about 5 kB.
    private static let maximumFileBytes = 1 << 20
    private static let prefix = "spk_"
    private static let suffix = ".json"

    /// A name for a new profile that says nothing of the person.
    static func newID() -> String { prefix + UUID().uuidString.lowercased().replacing("-", with: "") }

    /// Whether there is a folder.
    var exist: Bool { FileManager.default.fileExists(atPath: folder) }

    func path(of id: String) -> String { "\(folder)/\(id)\(Self.suffix)" }

    /// Every file of the folder that is a profile by its name; empty when there is no folder.
    /// - Throws: ``VoiceProfileError`` with `storageFailed`.
    func read() throws -> [(file: String, profile: Result<VoiceProfile, Damage>)] {
        guard let names = try names() else { return [] }
        return names.sorted().filter { $0.hasPrefix(Self.prefix) && $0.hasSuffix(Self.suffix) }.map { name in
            let id = String(name.dropLast(Self.suffix.count))
            return (path(of: id), Result { () throws(Damage) in try profile(id) })
        }
    }

    private func names() throws -> [String]? {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            guard exist else { return nil }
            throw VoiceProfileError(
                .storageFailed, "The stored speakers can't be read.", underlying: "\(folder): \(error)")
        }
    }

    private func profile(_ id: String) throws(Damage) -> VoiceProfile {
        let document: VoiceProfileDocument
        do {
            document = try JSONDecoder().decode(VoiceProfileDocument.self, from: try contents(path(of: id)))
        } catch let damage as Damage {
            throw damage
        } catch {
            throw Damage(cause: "it is not the JSON of a profile")
        }
        guard document.id == id else { throw Damage(cause: "its name and the id in it differ") }
        return try document.profile
    }

    /// The bytes of a plain file.
    private func contents(_ path: String) throws -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw Damage(cause: "it can't be opened: \(Self.systemMessage())") }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= Self.maximumFileBytes
        else {
            throw Damage(cause: "it is no plain file of a profile's size")
        }
        return try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            .read(upToCount: Self.maximumFileBytes) ?? Data()
    }

    /// Writes beside the place, syncs and renames.
    func write(_ profile: VoiceProfile) throws {
        let place = path(of: profile.id)
        let partial = "\(folder)/.\(profile.id).\(UUID().uuidString).partial"
        let data = try JSONEncoder().encode(VoiceProfileDocument(profile))
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open") }
        do {
            defer { close(descriptor) }
            try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: data)
            guard fsync(descriptor) == 0 else { throw Self.failure("fsync") }
            guard rename(partial, place) == 0 else { throw Self.failure("rename") }
        } catch {
            unlink(partial)
            throw error is VoiceProfileError ? error : Self.failure("write", underlying: String(describing: error))
        }
        syncFolder()
    }

    func remove(_ profile: VoiceProfile) throws {
        // Another process may have been quicker.
        guard unlink(path(of: profile.id)) == 0 || errno == ENOENT else { throw Self.failure("unlink") }
        syncFolder()
    }

    /// Runs a body while no other process changes the folder, which is made when it is not there.
    func holdingLock<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Self.failure("mkdir", underlying: String(describing: error))
        }
        let descriptor = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open") }
        // Closing gives the lock back.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Self.failure("flock") }
        }
        return try body()
    }

    /// So that a new name survives a power cut; a file system that can't is none of the caller's business.
    private func syncFolder() {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ call: String, underlying: String? = nil) -> VoiceProfileError {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(errno)
        return VoiceProfileError(
            isFull ? .diskFull : .storageFailed,
            isFull ? "There is no room for the speaker's voice." : "The speaker's voice can't be stored.",
            underlying: "\(call): \(underlying ?? systemMessage())")
    }

    private static func systemMessage() -> String { String(cString: strerror(errno)) }
}

/// A profile as it stands in its file.
private struct VoiceProfileDocument: Codable {
    /// Version of this form.
    static let version = 1

    let version: Int
    let id: String
    let name: String
    let created: Int
    let encoder: String
    let speechSeconds: Double
    let vector: [Float]

    private enum CodingKeys: String, CodingKey {
        case version, id, name, created, encoder, vector
        case speechSeconds = "speech_seconds"
    }

    init(_ profile: VoiceProfile) {
        version = Self.version
        id = profile.id
        name = profile.name.text
        created = profile.createdUnixSeconds
        encoder = profile.print.encoder
        speechSeconds = profile.print.speechSeconds
        vector = profile.print.values
    }

    /// The profile, if all of it makes sense.
    var profile: VoiceProfile {
        get throws(VoiceProfileFiles.Damage) {
            guard version == Self.version else { throw .init(cause: "version \(version) is not known") }
            guard let name = try? VoiceProfileName(name) else { throw .init(cause: "its name is none") }
            let squares = vector.reduce(Float(0)) { $0 + $1 * $1 }
            // Not a number fails too.
            guard !encoder.isEmpty, speechSeconds >= 0, vector.count <= 8_192, abs(squares - 1) < 0.01 else {
                throw .init(cause: "its voice is no unit vector")
            }
            return VoiceProfile(
                id: id, name: name, createdUnixSeconds: created,
                print: VoicePrint(encoder: encoder, values: vector, speechSeconds: speechSeconds))
        }
    }
}
