import ParleyCore

extension OnnxSession {
    /// The tensors in the model's own order, when each fits what the model describes.
    func checkedInputs(_ tensors: [String: Tensor]) throws(InferenceError) -> [Tensor] {
        if let stranger = tensors.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw invalid("The model has no input \"\(stranger)\"; it has \(list(inputs)).")
        }
        var ordered: [Tensor] = []
        for input in inputs {
            guard let tensor = tensors[input.name] else { throw invalid("The input \"\(input.name)\" is missing.") }
            try check(tensor, for: input)
            ordered.append(tensor)
        }
        return ordered
    }

    /// The names of the outputs to compute, each once, when the model has them.
    func checkedOutputs(_ names: [String]?) throws(InferenceError) -> [String] {
        guard let names else { return outputs.map(\.name) }
        var unique: [String] = []
        for name in names where !unique.contains(name) {
            guard outputs.contains(where: { $0.name == name }) else {
                throw invalid("The model has no output \"\(name)\"; it has \(list(outputs)).")
            }
            unique.append(name)
        }
        guard !unique.isEmpty else { throw invalid("No output was asked for.") }
        return unique
    }

    private func check(_ tensor: Tensor, for input: TensorDescription) throws(InferenceError) {
        guard tensor.elementType == input.elementType else {
            throw invalid("The input \"\(input.name)\" takes \(input.elementType), not \(tensor.elementType).")
        }
        let byteCount = tensor.withBytes { $0.count }
        guard let count = tensor.shape.elementCount, count == byteCount / tensor.elementType.byteCount else {
            throw invalid(
                "The input \"\(input.name)\" has \(byteCount / tensor.elementType.byteCount) elements, which do not "
                    + "fill the shape \(tensor.shape).")
        }
        // A description without axes may stand for an unknown shape; the library looks at those itself.
        guard !input.shape.isEmpty else { return }
        let fits =
            tensor.shape.count == input.shape.count
            && zip(tensor.shape, input.shape).allSatisfy { $1 < 0 || $0 == $1 }
        guard fits else {
            throw invalid(
                "The input \"\(input.name)\" takes the shape \(input.shape) (-1 is any length), not \(tensor.shape).")
        }
    }

    private func invalid(_ message: String) -> InferenceError {
        InferenceError(.invalidArgument, model: name, message)
    }

    private func list(_ tensors: [TensorDescription]) -> String {
        tensors.map { "\"\($0.name)\"" }.joined(separator: ", ")
    }
}
