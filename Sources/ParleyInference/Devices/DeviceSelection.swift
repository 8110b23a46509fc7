public import ParleyCore

/// The devices that models are loaded on, and what the operator should know about the choice.
public struct DeviceSelection: Sendable, Hashable {
    /// At least one; several GPUs each get a replica of a model.
    public var devices: [InferenceDevice]
    /// Sentences for the log: why a device was left out.
    public var notes: [String]

    /// Makes a selection.
    public init(devices: [InferenceDevice], notes: [String] = []) {
        self.devices = devices
        self.notes = notes
    }

    /// Chooses devices, and runs a small model on each GPU to see that it works.
    ///
    /// `auto` takes all GPUs that work, else the processor with a note. An explicit GPU has to work.
    ///
    /// Blocking: the first use of a GPU takes a second or more; call on a `BlockingLane`.
    /// - Throws: ``InferenceError`` with `deviceUnavailable`, which says what to do, when an explicit GPU can't be had.
    public static func choose(
        _ request: DeviceRequest, runtime: OnnxRuntime, driver: NVIDIADriver
    ) throws(InferenceError) -> DeviceSelection {
        let offer = GPUOffer(providers: runtime.availableProviders, gpus: driver.gpus, driverNote: driver.note)
        return try choose(request, offer: offer) { device throws(InferenceError) in
            try runtime.tryOut(device)
        }
    }

    /// Chooses among what is offered; `tryOut` throws for a GPU that does not work.
    static func choose(
        _ request: DeviceRequest, offer: GPUOffer, tryOut: (InferenceDevice) throws(InferenceError) -> Void
    ) throws(InferenceError) -> DeviceSelection {
        switch request {
        case .cpu: return DeviceSelection(devices: [.cpu])
        case .auto: return automatic(offer: offer, tryOut: tryOut)
        case .cuda(let index):
            return try explicit(try offer.devices(index, provider: .cuda), tryOut: tryOut)
        case .tensorRT(let index):
            return try explicit(try offer.devices(index, provider: .tensorRT), tryOut: tryOut)
        }
    }

    private static func explicit(
        _ devices: [InferenceDevice], tryOut: (InferenceDevice) throws(InferenceError) -> Void
    ) throws(InferenceError) -> DeviceSelection {
        for device in devices { try tryOut(device) }
        return DeviceSelection(devices: devices)
    }

    private static func automatic(
        offer: GPUOffer, tryOut: (InferenceDevice) throws(InferenceError) -> Void
    ) -> DeviceSelection {
        let candidates: [InferenceDevice]
        do {
            candidates = try offer.devices(nil, provider: .cuda)
        } catch {
            return DeviceSelection(devices: [.cpu], notes: ["Running on the CPU. \(error.message)"])
        }
        var selection = DeviceSelection(devices: [], notes: offer.driverNote.map { [$0] } ?? [])
        for device in candidates {
            do {
                try tryOut(device)
                selection.devices.append(device)
            } catch {
                selection.notes.append("\(device) is left out. \(error.message)")
            }
        }
        if selection.devices.isEmpty {
            selection.devices = [.cpu]
            selection.notes.append("Running on the CPU.")
        }
        return selection
    }
}

/// What the inference library and the driver offer.
struct GPUOffer {
    /// A part of the inference library that runs models on GPUs.
    enum Provider: String {
        case cuda = "CUDAExecutionProvider"
        case tensorRT = "TensorrtExecutionProvider"

        var name: String { self == .cuda ? "CUDA" : "TensorRT" }
        func device(_ index: Int) -> InferenceDevice { self == .cuda ? .cuda(index) : .tensorRT(index) }
    }

    /// Names as the library gives them.
    var providers: [String]
    var gpus: [NVIDIADriver.GPU]
    var driverNote: String?

    /// One GPU, or all.
    func devices(_ index: Int?, provider: Provider) throws(InferenceError) -> [InferenceDevice] {
        guard !gpus.isEmpty else {
            throw InferenceError(
                .deviceUnavailable,
                "\(driverNote ?? "There is no GPU.") To use a GPU, install the NVIDIA driver, and in a container pass the "
                    + "GPU through.")
        }
        guard providers.contains(provider.rawValue) else {
            throw InferenceError(
                .deviceUnavailable,
                "The inference library was built without \(provider.name), though there is a GPU: install the GPU "
                    + "build of ONNX Runtime and give its path in the configuration.",
                underlying: providers.joined(separator: ", "))
        }
        guard let index else { return gpus.map { provider.device($0.index) } }
        guard gpus.contains(where: { $0.index == index }) else {
            throw InferenceError(
                .deviceUnavailable,
                "There is no GPU \(index): this process sees \(gpus.count), numbered from 0 "
                    + "(\(gpus.map(\.name).joined(separator: ", "))).")
        }
        return [provider.device(index)]
    }
}

extension OnnxRuntime {
    /// Loads and runs a model of one operator.
    /// - Throws: ``InferenceError`` when the device does not work.
    fileprivate func tryOut(_ device: InferenceDevice) throws(InferenceError) {
        let values = OnnxGraph.Value(name: "x", shape: [.fixed(2)])
        let graph = OnnxGraph(
            nodes: [.init(type: "Add", inputs: ["x", "x"], outputs: ["doubled"])], inputs: [values],
            outputs: [.init(name: "doubled", shape: [.fixed(2)])])
        let session = try loadModel(
            bytes: graph.model(), name: "device test", options: SessionOptions(device: device))
        let result = Result { try session.run(["x": Tensor([1, 2] as [Float], shape: [2])]) }
        switch result {
        case .success(let outputs) where outputs["doubled"]?.float32s == [2, 4]: return
        case .success:
            throw InferenceError(.deviceUnavailable, "\(device) computes wrong results: check the GPU and its driver.")
        case .failure(let error):
            throw InferenceError(
                .deviceUnavailable, "\(device) cannot run models: check the GPU, its driver and its free memory.",
                underlying: "\(error)")
        }
    }
}
