import ParleyAPI
import ParleyCore
import ParleyInference
import ParleyPipeline

/// Writes what happens to models into the log.
struct ModelLog: Sendable {
    private let log: Log

    init(_ log: Log) { self.log = log }

    /// The models of a server, which stay as long as the settings say.
    ///
    /// Blocking.
    /// - Throws: ``RecognitionError`` when the model that was asked for is not there.
    func shelf(_ settings: ModelSettings, _ live: LiveTranscriber, _ machine: InferenceMachine) throws -> ModelShelf {
        let timeToLive = settings.timeToLive > .zero ? settings.timeToLive : nil
        let options = ModelShelf.Options(timeToLive: timeToLive, kept: settings.preloadedModels.map(Set.init))
        return try live.models(on: machine, options, observe: write)
    }

    /// Says where inference runs, and why not elsewhere.
    func write(_ machine: InferenceMachine) {
        let names = machine.devices.map(\.description).joined(separator: ", ")
        log.write(.info, "inference runs on", [("devices", .string(names))])
        for note in machine.notes { log.write(.info, note) }
    }

    private func write(_ event: ModelEvent) {
        switch event {
        case .unusable(let id, let error):
            log.write(.warning, "this model can't be used", [("model", .string(id)), cause(error)])
        case .loading(let id): log.write(.info, "loading a model", [("model", .string(id))])
        case .loaded(let id, let time):
            log.write(
                .info, "model loaded", [("model", .string(id)), ("duration_ms", .int(Int(time.milliseconds)))])
        case .failed(let id, let error):
            log.write(.error, "the model can't be loaded", [("model", .string(id)), cause(error)])
        case .unloaded(let id): log.write(.info, "model unloaded", [("model", .string(id))])
        }
    }

    private func cause(_ error: any Error) -> (String, JSONValue) { ("cause", .string(String(describing: error))) }
}
