import Foundation
import ParleyCore
import ParleyHub
import ParleyPipeline
import ParleySpeech

/// The models of this machine: the bundled one, those in the data folder, and the one that `--model` names by its
/// folder.
struct LoadableModels: Sendable {
    /// A model's id and its folder.
    typealias Place = (id: String, directory: String)

    private let settings: ModelSettings
    private let resources: FamilyResources

    init(_ settings: ModelSettings, resources: FamilyResources) {
        self.settings = settings
        self.resources = resources
    }

    /// All of them, the default first; what each can do is told by its description only.
    ///
    /// Blocking: reads folders.
    func list() -> [LoadableModel] {
        var models = places().map(model)
        let wanted = wantedID
        guard let index = models.firstIndex(where: { $0.id == wanted }) else { return [missing] + models }
        models.insert(models.remove(at: index), at: 0)
        return models
    }

    /// Id of the model that `--model` names.
    private var wantedID: String {
        isPath ? URL(fileURLWithPath: settings.model).standardizedFileURL.lastPathComponent : settings.model
    }

    /// Ids may have a slash too (`owner/name`), and go before paths.
    private var isPath: Bool {
        settings.model.contains("/") && ModelCatalog.model(settings.model) == nil
            && InstalledModels(dataDirectory: settings.dataDirectory).directory(of: settings.model) == nil
    }

    /// Of places with one id the first counts.
    private func places() -> [Place] {
        var places: [Place] = []
        if isPath { places.append((wantedID, URL(fileURLWithPath: settings.model).standardizedFileURL.path)) }
        places.append((BundledModel.id, settings.pocketSphinxModel))
        // Whether a family knows them comes out when they are described.
        places += InstalledModels(dataDirectory: settings.dataDirectory).all().map { ($0.id, $0.directory) }
        var ids: Set<String> = []
        return places.filter { ids.insert($0.id).inserted }
    }

    private func model(_ place: Place) -> LoadableModel {
        LoadableModel(
            id: place.id, directory: place.directory,
            describe: { try FamilyCatalog.describe(id: place.id, directory: place.directory) },
            load: { [resources] in
                try FamilyCatalog.load(id: place.id, directory: place.directory, resources: resources)
            })
    }

    /// Stands for a default model that is not there, and says so.
    private var missing: LoadableModel {
        let name = settings.model
        let hint =
            ModelCatalog.model(name) == nil
            ? "No model is called '\(name)'; `parley models list` shows what there is."
            : "The model '\(name)' is not installed; `parley models pull \(name)` fetches it."
        let error = RecognitionError(.modelUnknown, hint)
        return LoadableModel(id: settings.model, directory: "", describe: { throw error }, load: { throw error })
    }
}
