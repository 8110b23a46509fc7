/// What was found out about this machine and this installation, without judgement.
struct SystemFacts: Sendable {
    /// A library that the process has loaded.
    struct Library: Sendable, Hashable {
        let name: String
        /// What follows `.so.` in the file's name.
        let version: String
        let path: String
    }

    /// The inference library as it was found.
    struct InferenceLibrary: Sendable, Hashable {
        let path: String
        let version: String
        let providers: [String]
    }

    /// A file of the bundled model.
    struct ModelFile: Sendable, Hashable {
        let name: String
        let state: BundledModel.FileState
    }

    /// A model that was pulled, and the paths of its files that are not as they came.
    struct PulledModel: Sendable, Hashable {
        let id: String
        let fileCount: Int
        let wrongFiles: [String]
    }

    /// Whether the server's port can be had.
    enum Port: Sendable, Hashable {
        case free
        case refused(reason: String)
    }

    /// Processors that this process may use.
    var coreCount = 0
    /// Bytes of memory that this process may use, and that are free; nil where unknown.
    var memoryBytes: Int?
    var availableMemoryBytes: Int?
    /// Free bytes where the data folder is or would be.
    var freeDiskBytes: Int?
    /// Whether the data folder, or the nearest one above it that exists, can be written to.
    var isDataFolderWritable = false
    /// The inference library, or why it can't be used.
    var inference: Result<InferenceLibrary, CommandFailure> = .failure(.init(.unavailable, "not examined"))
    /// FFmpeg's libraries, libwebsockets and PocketSphinx as they were found.
    var libraries: [Library] = []
    /// The Swift runtime: a path, or "linked in".
    var swiftRuntime = "unknown"
    /// Files that the PocketSphinx model lacks.
    var missingPocketSphinxFiles: [String] = []
    /// Files of the bundled model.
    var modelFiles: [ModelFile] = []
    /// Models that were pulled.
    var pulledModels: [PulledModel] = []
    /// The server's port.
    var port = Port.free
    /// Whether the sample dialogue is there.
    var hasSample = false
    /// Version of the NVIDIA kernel driver; nil without one.
    var nvidiaDriver: String?
    /// Names of the NVIDIA devices.
    var nvidiaDevices: [String] = []
}
