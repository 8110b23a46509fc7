import CONNXRuntime
import ParleyCore

/// One run of a model, with inputs that were checked.
///
/// On the processor the values are handed over directly, which is the cheaper call; on a GPU they are bound, so that
/// results can stay there.
struct SessionRun {
    let session: OnnxSession
    /// In the model's order.
    let inputs: [Tensor]
    /// Positions among the model's outputs.
    let outputs: [Int]
    /// Positions of those that stay on the GPU.
    let kept: Set<Int>

    private var table: OrtTable { session.runtime.table }

    /// Runs and wraps what comes out.
    func results(options: RunOptions?) throws -> [String: Tensor] {
        try withValues { values in
            var owners =
                if let gpuMemory = session.gpuMemory {
                    try runBound(values, gpuMemory: gpuMemory.info.pointer, options: options)
                } else {
                    try runDirectly(values, options: options)
                }
            let inputMemory = inputs.map(\.addresses)
            var tensors: [String: Tensor] = [:]
            tensors.reserveCapacity(outputs.count)
            for position in outputs {
                let name = session.outputs[position].name
                tensors[name] = try tensor(from: owners.next(), at: position, inputMemory: inputMemory)
            }
            return tensors
        }
    }

    private func runDirectly(_ values: [OpaquePointer?], options: RunOptions?) throws -> ResultOwners {
        var results = [OpaquePointer?](repeating: nil, count: outputs.count + 1)  // never without an address
        let status = session.inputNames.withPointers { inputNames in
            session.outputNames.withPointers(at: outputs) { outputNames in
                table.api.Run(
                    session.session.pointer, options?.pointer, inputNames, values, inputs.count, outputNames,
                    outputs.count, &results)
            }
        }
        let owners = ResultOwners(results.dropLast(), release: table.api.ReleaseValue)
        try table.check(status)
        return owners
    }

    private func runBound(
        _ values: [OpaquePointer?], gpuMemory: OpaquePointer, options: RunOptions?
    ) throws -> ResultOwners {
        let api = table.api
        let binding = try table.make(released: api.ReleaseIoBinding) {
            api.CreateIoBinding(session.session.pointer, $0)
        }
        try session.inputNames.withPointers { names in
            for index in inputs.indices {
                guard let name = names[index], let value = values[index] else { continue }
                try table.check(api.BindInput(binding.pointer, name, value))
            }
        }
        try session.outputNames.withPointers { names in
            for position in outputs {
                guard let name = names[position] else { continue }
                let memory = kept.contains(position) ? gpuMemory : session.runtime.cpuMemory.pointer
                try table.check(api.BindOutputToDevice(binding.pointer, name, memory))
            }
        }
        try table.check(api.SynchronizeBoundInputs(binding.pointer))
        try table.check(api.RunWithBinding(session.session.pointer, options?.pointer, binding.pointer))
        try table.check(api.SynchronizeBoundOutputs(binding.pointer))
        return try boundResults(binding.pointer)
    }

    private func boundResults(_ binding: OpaquePointer) throws -> ResultOwners {
        let allocator = try table.defaultAllocator()
        var values: UnsafeMutablePointer<OpaquePointer?>?
        var count = 0
        try table.check(table.api.GetBoundOutputValues(binding, allocator, &values, &count))
        let copies = (0..<count).map { values?[$0] }
        let owners = ResultOwners(copies[...], release: table.api.ReleaseValue)
        if let values { try table.check(table.api.AllocatorFree(allocator, values)) }
        return owners
    }

    private func tensor(
        from value: consuming OrtObject?, at position: Int, inputMemory: [Range<UInt>]
    ) throws -> Tensor {
        guard let value else { throw noTensor(position) }
        var isTensor: Int32 = 0
        try table.check(table.api.IsTensor(value.pointer, &isTensor))
        guard isTensor != 0 else { throw noTensor(position) }
        let info = try table.make(released: table.api.ReleaseTensorTypeAndShapeInfo) {
            table.api.GetTensorTypeAndShape(value.pointer, $0)
        }
        let (elementType, shape) = try table.typeAndShape(info.pointer)
        guard elementType != .unsupported, let count = shape.elementCount else { throw noTensor(position) }
        var data: UnsafeMutableRawPointer?
        try table.check(table.api.GetTensorMutableData(value.pointer, &data))
        // A model that hands an input through gives back the caller's own memory, which may be gone after the run.
        let address = UInt(bitPattern: data)
        for index in inputs.indices where data != nil && inputMemory[index].contains(address) {
            if inputs[index].elementType == elementType { return inputs[index].reshaped(shape) }
        }
        let bytes = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count * elementType.byteCount)
        let native = NativeTensor(
            value, bytes: bytes, gpuIndex: kept.contains(position) ? session.device.gpuIndex : nil, session: session)
        return Tensor(native: native, elementType: elementType, shape: shape)
    }

    private func noTensor(_ position: Int) -> InferenceError {
        InferenceError(
            .runFailed, model: session.name,
            "The model's output \"\(session.outputs[position].name)\" is not a tensor of numbers: use another output.")
    }
}

extension SessionRun {
    /// Lends the library's view of each input, and one empty place more, so that the array has an address.
    private func withValues<R>(_ body: ([OpaquePointer?]) throws -> R) throws -> R {
        defer { withExtendedLifetime(inputs) {} }
        var values = [OpaquePointer?](repeating: nil, count: inputs.count + 1)
        var lent: [Int] = []
        for index in inputs.indices {
            if let native = inputs[index].native { values[index] = native.pointer } else { lent.append(index) }
        }
        func lend(_ next: Int) throws -> R {
            guard next < lent.count else { return try body(values) }
            return try withValue(of: inputs[lent[next]]) { value in
                values[lent[next]] = value
                return try lend(next + 1)
            }
        }
        return try lend(0)
    }

    /// Lends the library's view of a tensor in Swift's memory.
    private func withValue<R>(of tensor: Tensor, _ body: (OpaquePointer) throws -> R) throws -> R {
        let api = table.api
        let axes = tensor.shape.map(Int64.init)
        return try tensor.withBytes { bytes in
            try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { nowhere in
                // The library only reads its inputs. An empty array may have no address, which it would refuse.
                let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? nowhere.baseAddress
                guard let data else { throw OrtFailure(code: OrtErrorCode(ORT_FAIL), message: "no address") }
                let value = try table.make(released: api.ReleaseValue) {
                    api.CreateTensorWithDataAsOrtValue(
                        session.runtime.cpuMemory.pointer, data, bytes.count, axes, axes.count,
                        tensor.elementType.rawValue, $0)
                }
                return try body(value.pointer)
            }
        }
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
