import CONNXRuntime
public import ParleyCore

extension OnnxSession {
    /// Runs the model.
    ///
    /// Blocking: call on a `BlockingLane`. Safe to call from several threads at the same time.
    /// - Parameters:
    ///   - inputs: A tensor for each of the model's inputs, of the type and with the fixed axes that it describes.
    ///   - outputs: Names of the outputs to compute; nil for all.
    ///   - cancellation: Stops the run between two operators when it is set.
    /// - Returns: the asked outputs by name.
    /// - Throws: ``InferenceError`` with `invalidArgument`, `outOfMemory` or `runFailed`; `CancellationError` when the
    ///   flag stopped the run.
    public func run(
        _ inputs: [String: Tensor], outputs: [String]? = nil, cancellation: CancellationFlag? = nil
    ) throws -> [String: Tensor] {
        try cancellation?.check()
        let ordered = try checkedInputs(inputs)
        let wanted = try checkedOutputs(outputs)
        do {
            guard let cancellation else { return try run(ordered, outputs: wanted, options: nil) }
            let options = try RunOptions(runtime.table)
            return try cancellation.onCancel({ options.terminate() }) {
                try run(ordered, outputs: wanted, options: options)
            }
        } catch let failure as OrtFailure {
            // The library has no code of its own for a run that was told to stop.
            try cancellation?.check()
            throw error(for: failure)
        }
    }

    private func run(_ inputs: [Tensor], outputs: [String], options: RunOptions?) throws -> [String: Tensor] {
        let inputNames = CStrings(self.inputs.map(\.name))
        let outputNames = CStrings(outputs)
        var results = [OpaquePointer?](repeating: nil, count: outputs.count + 1)  // never without an address
        let table = runtime.table
        return try withValues(of: inputs) { values in
            let status = inputNames.withPointers { inputNames in
                outputNames.withPointers { outputNames in
                    table.api.Run(
                        session.pointer, options?.pointer, inputNames, values + [nil], values.count, outputNames,
                        outputs.count, &results)
                }
            }
            var owners = ResultOwners(results.dropLast(), release: table.api.ReleaseValue)
            try table.check(status)
            var tensors: [String: Tensor] = [:]
            for name in outputs { tensors[name] = try tensor(from: owners.next(), name: name, inputs: inputs) }
            return tensors
        }
    }

    /// Lends the library's view of each tensor.
    private func withValues<R>(of tensors: [Tensor], _ body: ([OpaquePointer?]) throws -> R) throws -> R {
        func lend(_ index: Int, _ values: [OpaquePointer?]) throws -> R {
            guard index < tensors.count else { return try body(values) }
            return try withValue(of: tensors[index]) { try lend(index + 1, values + [$0]) }
        }
        return try lend(0, [])
    }

    private func withValue<R>(of tensor: Tensor, _ body: (OpaquePointer) throws -> R) throws -> R {
        if case .native(let native) = tensor.storage { return try native.withValue(body) }
        let api = runtime.table.api
        let axes = tensor.shape.map(Int64.init)
        return try tensor.withBytes { bytes in
            try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { nowhere in
                // The library only reads its inputs. An empty array may have no address, which it would refuse.
                let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? nowhere.baseAddress
                guard let data else { throw OrtFailure(code: OrtErrorCode(ORT_FAIL), message: "no address") }
                let value = try runtime.table.make(released: api.ReleaseValue) {
                    api.CreateTensorWithDataAsOrtValue(
                        runtime.cpuMemory.pointer, data, bytes.count, axes, axes.count,
                        tensor.elementType.rawValue, $0)
                }
                return try body(value.pointer)
            }
        }
    }

    private func tensor(
        from value: consuming OrtObject?, name output: String, inputs: [Tensor]
    ) throws -> Tensor {
        let table = runtime.table
        guard let value else { throw noTensor(output) }
        var isTensor: Int32 = 0
        try table.check(table.api.IsTensor(value.pointer, &isTensor))
        guard isTensor != 0 else { throw noTensor(output) }
        let info = try table.make(released: table.api.ReleaseTensorTypeAndShapeInfo) {
            table.api.GetTensorTypeAndShape(value.pointer, $0)
        }
        let (elementType, shape) = try table.typeAndShape(info.pointer)
        guard elementType != .unsupported, let count = shape.elementCount else { throw noTensor(output) }
        var data: UnsafeMutableRawPointer?
        try table.check(table.api.GetTensorMutableData(value.pointer, &data))
        let bytes = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count * elementType.byteCount)
        // A model that hands an input through gives back the caller's own memory, which may be gone after the run.
        let borrowed = inputs.first { $0.elementType == elementType && $0.lends(bytes) }
        if let borrowed { return borrowed.reshaped(shape) }
        return Tensor(
            native: NativeTensor(value, bytes: bytes, session: self), elementType: elementType, shape: shape)
    }

    private func noTensor(_ output: String) -> InferenceError {
        InferenceError(
            .runFailed, model: name, "The model's output \"\(output)\" is not a tensor of numbers: use another output.")
    }

    private func error(for failure: OrtFailure) -> InferenceError {
        if failure.isOutOfMemory {
            return InferenceError(
                .outOfMemory, model: name,
                "There is not enough memory to run the model: use a smaller one, or fewer requests at a time.",
                underlying: failure.message)
        }
        if Int(failure.code) == ORT_INVALID_ARGUMENT {
            return InferenceError(
                .invalidArgument, model: name, "The model does not accept these inputs.", underlying: failure.message)
        }
        return InferenceError(
            .runFailed, model: name, "The model failed while running.", underlying: failure.message)
    }
}

/// The library's results of one run, each released unless it is taken.
private struct ResultOwners: ~Copyable {
    private var pointers: ArraySlice<OpaquePointer?>
    private let release: OrtObject.Release

    init(_ pointers: ArraySlice<OpaquePointer?>, release: @escaping OrtObject.Release) {
        self.pointers = pointers
        self.release = release
    }

    deinit { for pointer in pointers { release(pointer) } }

    /// Hands out the next result; nil where the run gave none.
    mutating func next() -> OrtObject? {
        guard let pointer = pointers.popFirst() ?? nil else { return nil }
        return OrtObject(pointer, release: release)
    }
}

/// The options of one run, shared with whoever may stop it.
private final class RunOptions: Sendable {
    private let table: OrtTable
    private let options: OrtObject

    init(_ table: OrtTable) throws(OrtFailure) {
        self.table = table
        options = try table.make(released: table.api.ReleaseRunOptions) { table.api.CreateRunOptions($0) }
    }

    /// For the call that the options belong to.
    var pointer: OpaquePointer { options.pointer }

    /// Stops the run before its next operator; allowed from any thread.
    func terminate() {
        // Nothing to do about a failure: the run goes on to its end, and the flag is looked at again there.
        try? table.check(table.api.RunOptionsSetTerminate(options.pointer))
    }
}
