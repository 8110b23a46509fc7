import ParleyCore
import ParleyHub
import ParleySpeech

/// A model that Parley knows, and whether it is here.
struct KnownModel: Sendable, Hashable {
    /// What can be said about its files.
    enum State: String, Sendable {
        /// All there.
        case installed
        /// Some are missing.
        case incomplete
        /// `parley models pull` fetches it.
        case available
    }

    let id: String
    /// One line for people; may be empty.
    var summary = ""
    /// ISO 639-1 codes; empty when unknown.
    var languages: [String] = []
    /// SPDX expression; empty when unknown.
    var license = ""
    var isNonCommercial = false
    /// Kind of recogniser that reads it; nil when none of this Parley does.
    var family: String?
    /// `owner/name` on the hub and the commit; nil for what was not pulled.
    var repository: String?
    var commit: String?
    /// Precisions that are installed.
    var precisions: [Precision] = []
    /// Where its files are or would be.
    var path = ""
    /// Bytes of its files.
    var byteCount = 0
    /// Millions of weights, for what is not here yet.
    var millionWeights: Int?
    /// Files that it lacks.
    var missingFiles: [String] = []
    let state: State

    /// About how large it is in a precision.
    func approximateByteCount(_ precision: Precision) -> Int? {
        millionWeights.map { $0 * 1_000_000 * precision.bytesPerWeight }
    }
}

extension KnownModel {
    /// The bundled one, what is installed, and what the catalog offers beside it.
    ///
    /// Blocking.
    static func all(_ settings: Settings) -> [KnownModel] {
        let installed = InstalledModels(dataDirectory: settings.models.dataDirectory).all()
        let here = Set(installed.map(\.id))
        return [bundled(settings.models)] + installed.map(KnownModel.init)
            + ModelCatalog.all.filter { !here.contains($0.id) }.map(KnownModel.init)
    }

    private static func bundled(_ settings: ModelSettings) -> KnownModel {
        let model = BundledModel(settings)
        let missing = model.missingFiles
        return KnownModel(
            id: BundledModel.id,
            summary: "PocketSphinx with speech detection and speakers; English, modest accuracy",
            languages: ["en"], license: "BSD-2-Clause AND MIT AND Apache-2.0", family: "PocketSphinx",
            path: model.folder, byteCount: model.byteCount, missingFiles: missing,
            state: missing.isEmpty ? .installed : .incomplete)
    }

    private init(_ model: InstalledModel) {
        let known = ModelCatalog.model(model.id)
        let descriptor = try? FamilyCatalog.describe(id: model.id, directory: model.directory)
        let missing = model.missingFiles
        let license = model.manifest?.licence ?? known?.license ?? ""
        self.init(
            id: model.id, summary: descriptor?.summary ?? known?.note ?? "",
            languages: known?.languages ?? descriptor?.languages ?? [], license: license,
            isNonCommercial: known?.isNonCommercial ?? license.uppercased().contains("-NC"),
            family: descriptor == nil ? nil : FamilyCatalog.familyName(directory: model.directory),
            repository: model.manifest?.repository, commit: model.manifest?.commit,
            precisions: model.manifest?.precisions ?? [], path: model.directory,
            byteCount: model.manifest?.byteCount ?? 0, missingFiles: missing,
            state: missing.isEmpty ? .installed : .incomplete)
    }

    private init(_ model: CatalogModel) {
        self.init(
            id: model.id, summary: model.note, languages: model.languages, license: model.license,
            isNonCommercial: model.isNonCommercial, family: model.isRunnable ? model.family : nil,
            repository: model.repository, millionWeights: model.millionWeights, state: .available)
    }
}
