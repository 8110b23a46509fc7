import ParleyCore

/// The memory of all devices and what models take of it.
public struct ModelMemory: Sendable {
    /// A budget for each device.
    public let budgets: [InferenceDevice: MemoryBudget]
    /// What models and requests take.
    public let costs: CostModel

    /// Memory that nobody counts.
    public static var unlimited: ModelMemory { ModelMemory(budgets: [:], costs: CostModel()) }

    /// Puts budgets and costs together.
    public init(budgets: [InferenceDevice: MemoryBudget], costs: CostModel) {
        self.budgets = budgets
        self.costs = costs
    }

    /// Sets memory aside for a model's weights and loads it, and learns from what the loading took.
    ///
    /// Blocking. The weights stay set aside until the reservation is let go.
    /// - Parameters:
    ///   - key: The model.
    ///   - estimate: What it is thought to take before anything was measured.
    ///   - device: Where it is loaded.
    ///   - load: Loads it.
    /// - Returns: What was loaded; the reservation is nil for a device without a budget.
    /// - Throws: ``InferenceError`` with `outOfMemory` when there is no room now; what `load` throws.
    public func loading<Model>(
        _ key: CostModel.Key, estimate: CostModel.Cost, on device: InferenceDevice, _ load: () throws -> Model
    ) throws -> (model: Model, reservation: MemoryReservation?) {
        costs.register(key, estimate: estimate)
        guard let budget = budgets[device] else { return (try load(), nil) }
        guard let reservation = try budget.tryReserve(bytes: costs.weightBytes(key)) else {
            throw InferenceError(
                .outOfMemory, model: key.family,
                "There is no room for the model on \(device) now: it needs about "
                    + "\(costs.weightBytes(key) >> 20) MiB. Unload another model, or use a smaller one.")
        }
        let before = used(on: device)
        let model = try load()
        if let before, let after = used(on: device), after > before {
            costs.observe(key, weightBytes: after - before)
        }
        return (model, reservation)
    }

    /// Runs a batch and learns from what it took.
    ///
    /// - Parameters:
    ///   - key: The model.
    ///   - rows: Rows of the batch.
    ///   - device: Where it runs.
    ///   - body: Runs it.
    public func running<Result>(
        _ key: CostModel.Key, rows: Int, on device: InferenceDevice, _ body: () throws -> Result
    ) rethrows -> Result {
        let before = used(on: device)
        let result = try body()
        // What the library kept from earlier batches is not seen again: only growth says something.
        if let before, let after = used(on: device), after > before {
            costs.observe(key, rows: rows, measured: after - before)
        }
        return result
    }

    /// Bytes in use: of this process on the processor, of everybody on a GPU.
    private func used(on device: InferenceDevice) -> Int? {
        if device == .cpu { return MachineMemory.residentBytes() }
        return budgets[device].map { $0.status.totalBytes - $0.status.freeBytes }
    }
}
