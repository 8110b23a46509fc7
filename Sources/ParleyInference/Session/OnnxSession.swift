import CONNXRuntime
public import ParleyCore

/// A loaded model.
///
/// Runs may go on at the same time from several threads; they share the runtime's thread pool.
public final class OnnxSession: Sendable {
    /// The model's name, for messages.
    public let name: String
    /// What the model needs, in its own order.
    ///
    /// A shape without axes means a scalar, or that the model does not say.
    public let inputs: [TensorDescription]
    /// What the model gives, in its own order.
    public let outputs: [TensorDescription]
    /// The model's custom metadata.
    public let metadata: [String: String]

    /// The file that the model was loaded from; nil when it came from memory.
    public let filePath: String?
    /// Where the model runs.
    public let device: InferenceDevice

    /// The library that runs it.
    public let runtime: OnnxRuntime
    let session: OrtObject
    let inputNames: CStrings
    let outputNames: CStrings
    let outputPositions: [String: Int]
    /// Describes the memory of the GPU to the library; nil on the processor.
    let gpuMemory: GPUMemory?

    init(runtime: OnnxRuntime, source: ModelSource, options: SessionOptions) throws(InferenceError) {
        try source.checkPresence()
        do throws(OrtFailure) {
            let session = try Self.makeSession(runtime, source: source, options: options)
            let description = try ModelDescription(of: session.pointer, table: runtime.table)
            inputs = description.inputs
            outputs = description.outputs
            metadata = description.metadata
            self.session = session
            gpuMemory = try options.device.gpuIndex.map { index throws(OrtFailure) in
                try GPUMemory(index: index, table: runtime.table)
            }
        } catch {
            throw options.device.error(for: error, model: source.model)
                ?? source.error(for: error, libraryVersion: runtime.version)
        }
        inputNames = CStrings(inputs.map(\.name))
        outputNames = CStrings(outputs.map(\.name))
        outputPositions = Dictionary(
            outputs.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        name = source.model
        filePath = source.filePath
        device = options.device
        self.runtime = runtime
    }

    private static func makeSession(
        _ runtime: OnnxRuntime, source: ModelSource, options: SessionOptions
    ) throws(OrtFailure) -> OrtObject {
        let table = runtime.table
        let api = table.api
        let settings = try table.make(released: api.ReleaseSessionOptions) { api.CreateSessionOptions($0) }
        try table.check(api.DisablePerSessionThreads(settings.pointer))
        try table.check(
            api.SetSessionGraphOptimizationLevel(settings.pointer, options.graphOptimization.rawValue))
        if !options.usesMemoryPattern { try table.check(api.DisableMemPattern(settings.pointer)) }
        if !options.usesCPUArena { try table.check(api.DisableCpuMemArena(settings.pointer)) }
        try ExecutionProvider(options: options, table: table).append(to: settings.pointer)
        let environment = runtime.environment.pointer
        return try table.make(released: api.ReleaseSession) { out in
            switch source.contents {
            case .file(let path): api.CreateSession(environment, path, settings.pointer, out)
            case .bytes(let bytes):
                api.CreateSessionFromArray(environment, bytes, bytes.count, settings.pointer, out)
            }
        }
    }

    /// Checks that the model has some inputs and outputs with the types that its family uses.
    /// - Throws: ``InferenceError`` with `modelForeign`, naming the first that is missing or of another type.
    public func require(
        inputs neededInputs: [String: ElementType] = [:], outputs neededOutputs: [String: ElementType] = [:]
    ) throws(InferenceError) {
        for (kind, needed, present) in [("input", neededInputs, inputs), ("output", neededOutputs, outputs)] {
            for (tensor, type) in needed.sorted(by: { $0.key < $1.key }) {
                let found = present.first { $0.name == tensor }
                guard found?.elementType != type else { continue }
                let fault = found.map { "is of type \($0.elementType) instead of \(type)" } ?? "is missing"
                throw InferenceError(
                    .modelForeign, model: name,
                    "This is another kind of model than the one expected here: its \(kind) \"\(tensor)\" \(fault).")
            }
        }
    }
}

extension OnnxRuntime {
    /// Loads a model.
    ///
    /// Blocking: reads the file and prepares the graph; call on a `BlockingLane`.
    /// - Parameters:
    ///   - path: The `.onnx` file.
    ///   - name: What to call the model in messages.
    ///   - options: How to prepare it.
    /// - Throws: ``InferenceError`` with `modelMissing`, `modelCorrupt`, `libraryIncompatible` (the model is newer than
    ///   the library), `deviceUnavailable` or `outOfMemory`.
    public func loadModel(
        path: String, name: String, options: SessionOptions = SessionOptions()
    ) throws(InferenceError) -> OnnxSession {
        try OnnxSession(runtime: self, source: ModelSource(contents: .file(path: path), model: name), options: options)
    }

    /// Loads a model from memory; the bytes are not needed afterwards.
    ///
    /// Blocking: prepares the graph; call on a `BlockingLane`.
    /// - Parameters:
    ///   - bytes: The contents of an `.onnx` file whose weights are all inside.
    ///   - name: What to call the model in messages.
    ///   - options: How to prepare it.
    /// - Throws: ``InferenceError`` as from ``loadModel(path:name:options:)``.
    public func loadModel(
        bytes: [UInt8], name: String, options: SessionOptions = SessionOptions()
    ) throws(InferenceError) -> OnnxSession {
        try OnnxSession(runtime: self, source: ModelSource(contents: .bytes(bytes), model: name), options: options)
    }
}
