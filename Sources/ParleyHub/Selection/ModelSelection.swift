/// The files of a repository that make up a model.
struct ModelSelection: Sendable, Hashable {
    /// What is to be fetched, in the order of the paths.
    let files: [HubFile]
    /// Precisions that the networks are in.
    let precisions: [Precision]

    /// Small files that belong to a model.
    private static let textEndings = [".json", ".txt", ".model", ".vocab"]
    private static let largestText = 64 << 20
    /// Folders that networks are looked for in.
    private static let folders = ["onnx/", ""]
    /// Parley's own file in a model's folder.
    private static let ownName = "model.json"

    /// Picks the files.
    /// - Parameters:
    ///   - files: All files of the repository.
    ///   - wanted: Precisions, each of which must be there; nil takes the one that suits processors or, where it is
    ///     missing, the next best.
    ///   - repository: Its name, for messages.
    /// - Throws: ``HubError`` with `unsuitable`.
    init(_ files: [HubFile], wanted: [Precision]?, repository: String) throws(HubError) {
        guard let (folder, networks) = Self.networks(files) else {
            throw HubError(.unsuitable, "\(repository) holds no ONNX model in a layout that is known")
        }
        let texts = files.filter { file in
            (file.folder.isEmpty || file.folder == folder) && file.path != Self.ownName
                && file.byteCount <= Self.largestText
                && (file.name == "LICENSE" || Self.textEndings.contains { file.name.hasSuffix($0) })
        }
        guard texts.contains(where: { ModelLayout.isVocabulary($0.name) }) else {
            throw HubError(.unsuitable, "\(repository) holds no vocabulary (tokenizer.json, vocab.txt or tokens.txt)")
        }
        precisions = try Self.precisions(Self.precisions(in: files), wanted: wanted, repository: repository)
        var chosen = Set(texts)
        for precision in precisions {
            for network in networks {
                guard let file = precision.substitutes.lazy.compactMap({ network[$0] }).first else { continue }
                chosen.insert(file)
                chosen.formUnion(files.filter { Self.isWeights($0, of: file) })
            }
        }
        self.files = chosen.sorted { $0.path < $1.path }
    }

    /// Precisions in which a repository has at least one network.
    static func precisions(in files: [HubFile]) -> [Precision] {
        let networks = networks(files)?.networks ?? []
        return Precision.allCases.filter { precision in networks.contains { $0[precision] != nil } }
    }

    private static func precisions(
        _ present: [Precision], wanted: [Precision]?, repository: String
    ) throws(HubError) -> [Precision] {
        guard let wanted else {
            return Precision.suitingProcessors.substitutes.first(where: present.contains).map { [$0] } ?? []
        }
        guard let missing = wanted.first(where: { !present.contains($0) }) else { return wanted.sorted() }
        let there = present.map(\.rawValue).joined(separator: ", ")
        throw HubError(.unsuitable, "\(repository) has no \(missing.rawValue) weights; it has \(there)")
    }

    /// One network in the precisions in which it exists.
    private typealias Network = [Precision: HubFile]

    /// The networks of the first layout that fits, and their folder.
    private static func networks(_ files: [HubFile]) -> (folder: String, networks: [Network])? {
        for layout in ModelLayout.all {
            for folder in folders {
                let here = files.filter { $0.folder == folder && $0.name.hasSuffix(".onnx") }
                let networks = layout.networks.map { network($0, here) }
                if networks.allSatisfy({ !$0.isEmpty }) { return (folder, networks) }
            }
        }
        return nil
    }

    private static func network(_ name: String, _ files: [HubFile]) -> Network {
        var network: Network = [:]
        for precision in Precision.allCases {
            let names = precision.marks.map { "\(name)\($0).onnx" }
            network[precision] =
                names.lazy.compactMap { name in
                    // Several models in one repository would be mixed up.
                    let found = files.filter { $0.name == name || $0.name.hasSuffix("-" + name) }
                    return found.count == 1 ? found[0] : nil
                }.first
        }
        return network
    }

    /// Whether a file holds weights that a network's file refers to.
    private static func isWeights(_ file: HubFile, of network: HubFile) -> Bool {
        let stem = network.path.dropLast(".onnx".count)
        return file.path.hasPrefix(network.path + "_data") || file.path == network.path + ".data"
            || file.path == stem + ".weights"
    }
}
