import ParleyCore
import ParleyInference

/// The inference library with the devices that it runs on and their memory.
struct InferenceMachine: Sendable {
    let runtime: OnnxRuntime
    let devices: [InferenceDevice]
    /// Why a device was left out, for the log.
    let notes: [String]
    let memory: ModelMemory

    /// Blocking: tries each GPU out.
    /// - Throws: ``InferenceError`` when a device that was asked for by name can't be had.
    init(runtime: OnnxRuntime, settings: Settings) throws(InferenceError) {
        let driver = NVIDIADriver()
        let selection = try DeviceSelection.choose(settings.models.device, runtime: runtime, driver: driver)
        self.runtime = runtime
        devices = selection.devices
        notes = selection.notes
        var budgets: [InferenceDevice: MemoryBudget] = [:]
        for device in devices { budgets[device] = MemoryBudget(device: device, driver: driver) }
        let fixed = settings.admission.memoryPerRequest.map { Int($0 * 1_000_000_000) }
        memory = ModelMemory(budgets: budgets, costs: CostModel(fixedBytesPerRequest: fixed))
    }
}
