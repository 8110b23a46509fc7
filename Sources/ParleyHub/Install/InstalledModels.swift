import Foundation

/// A model in the data folder.
public struct InstalledModel: Sendable, Hashable {
    /// Id by which clients name it: the folder's name, with `owner--name` read as `owner/name`.
    public let id: String
    /// Its folder.
    public let directory: String
    /// What was pulled; nil for a folder that was put there by hand.
    public let manifest: ModelManifest?

    /// How one file is found.
    public enum FileState: Sendable, Hashable {
        case intact
        case missing
        case damaged
    }

    /// Paths of the manifest's files that are missing or of another length, without reading them.
    public var missingFiles: [String] {
        (manifest?.files ?? []).filter { !Self.isSafe($0) || FileSystem.size(directory + "/" + $0.path) != $0.bytes }
            .map(\.path)
    }

    /// Compares all files with their checksums; empty for a folder without a manifest.
    ///
    /// Reads all bytes: blocking.
    public func verify() -> [(path: String, state: FileState)] {
        (manifest?.files ?? []).map { file in
            let path = directory + "/" + file.path
            guard Self.isSafe(file), FileSystem.size(path) != nil else { return (file.path, .missing) }
            return (file.path, Digest.sha256(ofFile: path) == file.sha256 ? .intact : .damaged)
        }
    }

    /// The manifest may come from anywhere; a name must not lead out of the folder.
    private static func isSafe(_ file: ModelManifest.File) -> Bool { FileName.isSafe(file.path) }
}

/// The models in the data folder beside the bundled one; blocking.
public struct InstalledModels: Sendable {
    static let manifestName = "model.json"

    /// The folder that holds a folder for each model.
    let directory: String

    /// - Parameter dataDirectory: Parley's data folder.
    public init(dataDirectory: String) { directory = dataDirectory + "/models" }

    /// All of them by id.
    public func all() -> [InstalledModel] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { ModelID.id(folderName: $0) }.compactMap { model($0) }.sorted { $0.id < $1.id }
    }

    /// The model of an id; nil when it is not there.
    public func model(_ id: String) -> InstalledModel? {
        guard let name = try? ModelID.folderName(id) else { return nil }
        let folder = directory + "/" + name
        guard FileSystem.isFolder(folder) else { return nil }
        let data = FileManager.default.contents(atPath: folder + "/" + Self.manifestName)
        let manifest = data.flatMap { try? JSONDecoder().decode(ModelManifest.self, from: $0) }
        return InstalledModel(id: id, directory: folder, manifest: manifest)
    }

    /// The folder of the model of an id; nil when it is not there.
    public func directory(of id: String) -> String? { model(id)?.directory }
}
