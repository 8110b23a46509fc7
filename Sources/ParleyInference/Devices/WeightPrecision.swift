public import ParleyCore

/// The number format of a model's weights.
public enum WeightPrecision: String, Sendable, Hashable, CaseIterable {
    /// Single precision.
    case float32
    /// Half precision.
    case float16
    /// Integers of 8 bits with scales.
    case int8

    /// The format to load on a device, of those that a model is installed in.
    ///
    /// On the processor int8 is the fastest and smallest, and float16 the last choice, because every operator converts
    /// to float32 and back. On a GPU float16 is the fastest; int8 is refused, because CUDA has no kernels for its
    /// operators: they would run on the processor, with a copy to and from the GPU around each.
    /// - Throws: ``InferenceError`` with `deviceUnavailable` when none can be used there, `modelMissing` when there is
    ///   none.
    public static func preferred(
        available: Set<WeightPrecision>, on device: InferenceDevice
    ) throws(InferenceError) -> WeightPrecision {
        let order: [WeightPrecision] = device == .cpu ? [.int8, .float32, .float16] : [.float16, .float32]
        if let best = order.first(where: available.contains) { return best }
        guard available.contains(.int8) else {
            throw InferenceError(.modelMissing, "The model has no weights: install it again.")
        }
        throw InferenceError(
            .deviceUnavailable,
            "The model is installed with int8 weights only, which have no kernels on a GPU (\(device)) and would be "
                + "copied to the processor for every operator: install its float16 or float32 weights, or use the CPU.")
    }
}
