import ParleyCore

extension OnnxSession {
    /// The tensors in the model's own order, when each fits what the model describes.
    func checkedInputs(_ tensors: [String: Tensor]) throws(InferenceError) -> [Tensor] {
        var ordered: [Tensor] = []
        ordered.reserveCapacity(inputs.count)
        for input in inputs {
            guard let tensor = tensors[input.name] else {
                try refuseStrangers(tensors)
                throw invalid("The input \"\(input.name)\" is missing.")
            }
            try check(tensor, for: input)
            ordered.append(tensor)
        }
        if ordered.count != tensors.count { try refuseStrangers(tensors) }
        return ordered
    }

    /// The positions of the outputs to compute, each once, when the model has them.
    func checkedOutputs(_ names: [String]?) throws(InferenceError) -> [Int] {
        guard let names else { return Array(outputs.indices) }
        var positions: [Int] = []
        for name in names {
            let position = try position(ofOutput: name)
            if !positions.contains(position) { positions.append(position) }
        }
        guard !positions.isEmpty else { throw invalid("No output was asked for.") }
        return positions
    }

    /// The positions of the outputs that stay in the device's memory: none when that is ordinary memory.
    func checkedKept(_ names: Set<String>) throws(InferenceError) -> Set<Int> {
        var positions: Set<Int> = []
        for name in names { positions.insert(try position(ofOutput: name)) }
        return gpuMemory == nil ? [] : positions
    }

    private func position(ofOutput name: String) throws(InferenceError) -> Int {
        guard let position = outputPositions[name] else {
            throw invalid("The model has no output \"\(name)\"; it has \(list(outputs)).")
        }
        return position
    }

    private func refuseStrangers(_ tensors: [String: Tensor]) throws(InferenceError) {
        let known = Set(inputs.map(\.name))
        guard let stranger = tensors.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw invalid("The model has no input \"\(stranger)\"; it has \(list(inputs)).")
    }

    private func check(_ tensor: Tensor, for input: TensorDescription) throws(InferenceError) {
        guard tensor.elementType == input.elementType else {
            throw invalid("The input \"\(input.name)\" takes \(input.elementType), not \(tensor.elementType).")
        }
        let size = max(1, tensor.elementType.byteCount)
        let byteCount = tensor.byteCount
        guard let count = tensor.shape.elementCount, count == byteCount / size else {
            throw invalid(
                "The input \"\(input.name)\" has \(byteCount / size) elements, which do not fill the shape "
                    + "\(tensor.shape).")
        }
        if let gpu = tensor.gpuIndex, gpu != device.gpuIndex {
            throw invalid("The input \"\(input.name)\" is in the memory of GPU \(gpu); the model runs on \(device).")
        }
        // A description without axes may stand for an unknown shape; the library looks at those itself.
        guard input.shape.isEmpty || fits(tensor.shape, input.shape) else {
            throw invalid(
                "The input \"\(input.name)\" takes the shape \(input.shape) (-1 is any length), not \(tensor.shape).")
        }
    }

    private func fits(_ shape: [Int], _ described: [Int]) -> Bool {
        guard shape.count == described.count else { return false }
        for axis in shape.indices where described[axis] >= 0 && described[axis] != shape[axis] { return false }
        return true
    }

    private func invalid(_ message: String) -> InferenceError {
        InferenceError(.invalidArgument, model: name, message)
    }

    private func list(_ tensors: [TensorDescription]) -> String {
        tensors.map { "\"\($0.name)\"" }.joined(separator: ", ")
    }
}
