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
        let models = Self.models(files)
        guard let folder = models.values.first?.folder else {
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
        precisions = try Self.precisions(models.keys.sorted(), wanted: wanted, repository: repository)
        var chosen = Set(texts)
        for network in precisions.flatMap({ models[$0]?.networks ?? [] }) {
            chosen.insert(network)
            chosen.formUnion(files.filter { Self.isWeights($0, of: network) })
        }
        self.files = chosen.sorted { $0.path < $1.path }
    }

    /// Precisions in which a repository has a whole model.
    static func precisions(in files: [HubFile]) -> [Precision] { models(files).keys.sorted() }

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

    /// The networks of a model in one precision, all in one folder.
    private typealias Model = (folder: String, networks: [HubFile])

    /// What there is of the first folder that holds a model in any precision.
    private static func models(_ files: [HubFile]) -> [Precision: Model] {
        for folder in folders {
            let here = files.filter { $0.folder == folder && $0.name.hasSuffix(".onnx") }
            var models: [Precision: Model] = [:]
            for precision in Precision.allCases {
                let networks = ModelLayout.all.lazy.compactMap { self.networks($0, precision, here) }.first
                models[precision] = networks.map { (folder, $0) }
            }
            if !models.isEmpty { return models }
        }
        return [:]
    }

    /// The networks of a layout; nil when one is missing.
    private static func networks(_ layout: ModelLayout, _ precision: Precision, _ files: [HubFile]) -> [HubFile]? {
        let allowed = layout.mixesPrecisions ? precision.substitutes : [precision]
        let networks = layout.networks.compactMap { name in
            allowed.lazy.compactMap { network(name, $0, files) }.first
        }
        let isWhole = networks.count == layout.networks.count
        return isWhole && layout.networks.contains { network($0, precision, files) != nil } ? networks : nil
    }

    private static func network(_ name: String, _ precision: Precision, _ files: [HubFile]) -> HubFile? {
        precision.marks.lazy.compactMap { mark in
            let wanted = "\(name)\(mark).onnx"
            // Several models in one repository would be mixed up.
            let found = files.filter { $0.name == wanted || $0.name.hasSuffix("-" + wanted) }
            return found.count == 1 ? found[0] : nil
        }.first
    }

    /// Whether a file holds weights that a network's file refers to.
    private static func isWeights(_ file: HubFile, of network: HubFile) -> Bool {
        let stem = network.path.dropLast(".onnx".count)
        return file.path.hasPrefix(network.path + "_data") || file.path == network.path + ".data"
            || file.path == stem + ".weights"
    }
}
