import Foundation
public import ParleyCore

/// Puts models into the data folder and takes them away, one process at a time for each id.
///
/// Unfinished work is kept in `models/.partial`, which nobody looks for models in. Blocking.
public struct ModelStore: Sendable {
    private let models: InstalledModels
    private let partial: String

    /// - Parameter dataDirectory: Parley's data folder.
    public init(dataDirectory: String) {
        models = InstalledModels(dataDirectory: dataDirectory)
        partial = models.directory + "/.partial"
    }

    /// Removes a model and what is left of unfinished pulls of it.
    /// - Returns: Bytes that the manifest's files took.
    /// - Throws: ``HubError`` with `invalidName`, `notInstalled` or `cannotWrite`; `CancellationError`.
    public func remove(_ id: String, cancellation: CancellationFlag, onWait: () -> Void) throws -> Int {
        let place = try Place(id, self)
        let isPartial = FileSystem.isFolder(place.work)
        guard models.model(id) != nil || isPartial else {
            throw HubError(.notInstalled, "no model '\(id)' is installed")
        }
        return try locked(place, cancellation: cancellation, onWait: onWait) {
            let size = models.model(id)?.manifest?.byteCount ?? 0
            // Out of sight at once; a removal that is broken off leaves no half of a model.
            try FileSystem.makeFolder(place.work)
            if FileSystem.isFolder(place.folder) {
                let gone = place.work + "/removed-" + UUID().uuidString
                guard rename(place.folder, gone) == 0 else { throw HubError.cannotWrite(place.folder) }
            }
            try Self.removeFolder(place.work)
            return size
        }
    }

    /// The paths that belong to an id.
    struct Place: Sendable {
        /// The model's folder.
        let folder: String
        /// Where it is put together.
        let work: String
        fileprivate let lock: String

        init(_ id: String, _ store: ModelStore) throws(HubError) {
            let name = try ModelID.folderName(id)
            folder = store.models.directory + "/" + name
            work = store.partial + "/" + name
            lock = store.partial + "/" + name + ".lock"
        }

        /// The folder that becomes the model's.
        var staging: String { work + "/model" }

        /// Where a file is gathered.
        func part(_ digest: Digest) -> PartFile { PartFile(work + "/" + digest.hexadecimal + ".part") }
    }

    /// The model of an id as it is now.
    func installed(_ id: String) -> InstalledModel? { models.model(id) }

    /// Runs a body while no other process works on an id.
    func locked<Value>(
        _ place: Place, cancellation: CancellationFlag, onWait: () -> Void, _ body: () throws -> Value
    ) throws -> Value {
        try FileSystem.makeFolder(partial)
        return try FileLock.holding(place.lock, cancellation: cancellation, onWait: onWait, body)
    }

    /// Makes the staged folder the model's, at once; an older one is gone then.
    func install(_ place: Place, _ manifest: ModelManifest) throws {
        let path = place.staging + "/" + InstalledModels.manifestName
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(manifest) else {
            throw HubError(.cannotWrite, "\(path) can't be written")
        }
        let part = PartFile(place.work + "/manifest.part")
        part.remove()
        let writer = try part.writer()
        try Array(data).withUnsafeBytes { try writer.write($0, at: 0) }
        try writer.synchronize()
        try part.move(to: path)
        for folder in Set(manifest.files.map { ($0.path as NSString).deletingLastPathComponent }) {
            try FileSystem.synchronizeFolder(place.staging + "/" + folder)
        }
        try FileSystem.synchronizeFolder(place.staging)
        try exchange(place)
        try FileSystem.synchronizeFolder(models.directory)
        try Self.removeFolder(place.work)
    }

    private func exchange(_ place: Place) throws(HubError) {
        if FileSystem.isFolder(place.folder) {
            // A folder can't be renamed over another one; what stops between the two steps, the next pull finishes.
            let gone = place.work + "/replaced-" + UUID().uuidString
            guard rename(place.folder, gone) == 0 else { throw HubError.cannotWrite(place.folder) }
        }
        guard rename(place.staging, place.folder) == 0 else { throw HubError.cannotWrite(place.folder) }
    }

    private static func removeFolder(_ path: String) throws(HubError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw HubError(.cannotWrite, "\(path) can't be removed", underlying: String(describing: error))
        }
    }
}
