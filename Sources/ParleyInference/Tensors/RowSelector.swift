public import ParleyCore

/// Picks rows of tensors along an axis, on the device where the tensors are.
///
/// Reorders and compacts the caches of a decoder's batch without a way through Swift arrays: beam search follows the
/// surviving hypotheses, rows that are done leave the batch. It is a one-operator model (`Gather`), which the library
/// spreads over its threads or runs on the GPU.
public final class RowSelector: Sendable {
    /// The axis of the rows.
    public let axis: Int

    private let session: OnnxSession

    /// Makes a selector; blocking, but short.
    /// - Parameters:
    ///   - runtime: The library.
    ///   - device: Where the tensors are.
    ///   - elementType: The type of their elements.
    ///   - rank: The number of their axes, at least 1.
    ///   - axis: The axis of the rows, counted from 0.
    /// - Throws: ``InferenceError`` with `invalidArgument`, or as from loading a model.
    public init(
        runtime: OnnxRuntime, device: InferenceDevice, elementType: ElementType, rank: Int, axis: Int
    ) throws(InferenceError) {
        guard elementType != .unsupported, (1...64).contains(rank), (0..<rank).contains(axis) else {
            throw InferenceError(
                .invalidArgument, "Rows cannot be selected along axis \(axis) of \(rank) axes of \(elementType).")
        }
        // An engine of TensorRT for one copy is not worth building; both kinds share the GPU's memory.
        let home = device.gpuIndex.map(InferenceDevice.cuda) ?? .cpu
        session = try runtime.loadModel(
            bytes: Self.graph(elementType: elementType, rank: rank, axis: axis).model(), name: "row selection",
            options: SessionOptions(device: home))
        self.axis = axis
    }

    /// Picks the same rows of several tensors.
    ///
    /// Blocking: call on a `BlockingLane`. Tensors come back as they are when all their rows are asked for in order.
    /// - Parameters:
    ///   - rows: Positions along the axis, in the order in which they are wanted; they may repeat.
    ///   - tensors: Tensors of the selector's element type and number of axes.
    /// - Returns: A tensor for each given one, on the same device.
    /// - Throws: ``InferenceError`` with `invalidArgument` when a row is out of range or a tensor of another kind;
    ///   `outOfMemory`.
    public func select(_ rows: [Int], of tensors: [Tensor]) throws -> [Tensor] {
        let positions = Tensor(rows.map(Int64.init), shape: [rows.count])
        return try tensors.map { tensor in
            guard tensor.shape.indices.contains(axis) else { throw noSuchRow(rows, of: tensor) }
            let available = 0..<tensor.shape[axis]
            if rows.count == available.count, rows.elementsEqual(available) { return tensor }
            guard rows.allSatisfy(available.contains) else { throw noSuchRow(rows, of: tensor) }
            let selected = try session.run(["rows": positions, "from": tensor], keptOnDevice: ["selected"])
            guard let selected = selected["selected"] else { throw noSuchRow(rows, of: tensor) }
            return selected
        }
    }

    private func noSuchRow(_ rows: [Int], of tensor: Tensor) -> InferenceError {
        InferenceError(
            .invalidArgument, model: session.name,
            "The rows \(rows) cannot be taken along axis \(axis) of the shape \(tensor.shape).")
    }

    private static func graph(elementType: ElementType, rank: Int, axis: Int) -> OnnxGraph {
        let from = (0..<rank).map { OnnxGraph.Axis.named("from\($0)") }
        let selected = from.enumerated().map { $0 == axis ? .named("rows") : $1 }
        return OnnxGraph(
            nodes: [.init(type: "Gather", inputs: ["from", "rows"], outputs: ["selected"], axis: axis)],
            inputs: [
                .init(name: "from", type: elementType, shape: from),
                .init(name: "rows", type: .int64, shape: [.named("rows")]),
            ],
            outputs: [.init(name: "selected", type: elementType, shape: selected)])
    }
}
