import Foundation
import ParleyCore
import ParleyHub

/// The files of the bundled profile in the data folder, as the set-up leaves them.
struct BundledModel: Sendable {
    /// Id of the profile.
    static let id = "bundled"

    /// What `model.json` says about one file.
    private struct Manifest: Decodable {
        struct File: Decodable {
            let file: String
            let sha256: String
        }
        let files: [String: File]
    }

    /// How one file is found.
    enum FileState: Sendable, Hashable {
        case intact
        case missing
        case damaged
    }

    private let dataDirectory: String

    init(_ settings: ModelSettings) { dataDirectory = settings.dataDirectory }

    /// The folder of the networks.
    var folder: String { dataDirectory + "/models/" + Self.id }
    /// The dialogue that the set-up synthesises.
    var samplePath: String { dataDirectory + "/samples/dialogue.wav" }
    private var manifestPath: String { folder + "/model.json" }

    /// The files that the manifest names, and the manifest itself when it is missing or can't be understood.
    ///
    /// Reads all bytes: blocking.
    func verify() -> [(file: String, state: FileState)] {
        guard FileManager.default.fileExists(atPath: manifestPath) else { return [("model.json", .missing)] }
        guard let manifest = manifest() else { return [("model.json", .damaged)] }
        return manifest.files.values.sorted { $0.file < $1.file }.map { entry in
            // The manifest may come from anywhere; a name must not lead out of the folder.
            guard !entry.file.contains("/"), let digest = Digest.sha256(ofFile: folder + "/" + entry.file) else {
                return (entry.file, .missing)
            }
            return (entry.file, digest == entry.sha256.lowercased() ? .intact : .damaged)
        }
    }

    /// Bytes of all files in the folder.
    var byteCount: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(0) { $0 + Self.size(folder + "/" + $1) }
    }

    /// Names of the files that are missing or empty, without reading them.
    var missingFiles: [String] {
        guard let manifest = manifest() else { return ["model.json"] }
        return manifest.files.values.map(\.file).filter { Self.size(folder + "/" + $0) == 0 }.sorted()
    }

    private func manifest() -> Manifest? {
        guard let data = FileManager.default.contents(atPath: manifestPath) else { return nil }
        return try? JSONDecoder().decode(Manifest.self, from: data)
    }

    private static func size(_ path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int ?? 0
    }
}
