import CONNXRuntime
public import ParleyCore

extension OnnxSession {
    /// Runs the model.
    ///
    /// Blocking: call on a `BlockingLane`. Safe to call from several threads at the same time.
    /// - Parameters:
    ///   - inputs: A tensor for each of the model's inputs, of the type and with the fixed axes that it describes.
    ///   - outputs: Names of the outputs to compute; nil for all.
    ///   - keptOnDevice: Names of outputs that stay in the memory of the GPU on which the model runs, and come back as
    ///     tensors that only later runs on that GPU can read. No effect on the processor. Default none.
    ///   - cancellation: Stops the run between two operators when it is set.
    /// - Returns: the asked outputs by name.
    /// - Throws: ``InferenceError`` with `invalidArgument`, `outOfMemory` or `runFailed`; `CancellationError` when the
    ///   flag stopped the run.
    public func run(
        _ inputs: [String: Tensor], outputs: [String]? = nil, keptOnDevice: Set<String> = [],
        cancellation: CancellationFlag? = nil
    ) throws -> [String: Tensor] {
        try cancellation?.check()
        let run = SessionRun(
            session: self, inputs: try checkedInputs(inputs), outputs: try checkedOutputs(outputs),
            kept: try checkedKept(keptOnDevice))
        do {
            guard let cancellation else { return try run.results(options: nil) }
            let options = try RunOptions(runtime.table)
            return try cancellation.onCancel({ options.terminate() }) {
                try run.results(options: options)
            }
        } catch let failure as OrtFailure {
            // The library has no code of its own for a run that was told to stop.
            try cancellation?.check()
            throw error(for: failure)
        }
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

/// The options of one run, shared with whoever may stop it.
final class RunOptions: Sendable {
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
