import ParleyCore
import Testing

@testable import ParleyInference

struct DeviceRequestTests {
    @Test(
        arguments: [
            ("auto", .auto), ("cpu", .cpu), ("CUDA", .cuda(nil)), ("cuda:0", .cuda(0)), ("cuda:13", .cuda(13)),
            ("tensorrt", .tensorRT(nil)), ("TensorRT:1", .tensorRT(1)),
        ] as [(String, DeviceRequest)])
    func reads(text: String, request: DeviceRequest) throws {
        #expect(try DeviceRequest(parsing: text) == request)
        #expect(request.description == text.lowercased())
    }

    @Test(arguments: [
        "", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1:2", "cpu:0", "auto:1", "cuda:99999", ":", "cuda 0",
    ])
    func refuses(text: String) {
        let error = inferenceError { _ = try DeviceRequest(parsing: text) }
        #expect(error?.code == .deviceUnavailable)
        #expect(error?.message.contains("use auto, cpu, cuda") == true)
    }

    @Test func theSettingOfOtherServersIsAWish() {
        #expect(DeviceRequest(usesGPU: true) == .auto)
        #expect(DeviceRequest(usesGPU: false) == .cpu)
    }
}

struct WeightPrecisionTests {
    @Test(
        arguments: [
            ([.float32, .float16, .int8], .cpu, .int8), ([.float32, .float16], .cpu, .float32),
            ([.float16], .cpu, .float16),
            ([.float32, .float16, .int8], .cuda(0), .float16), ([.float32, .int8], .cuda(0), .float32),
            ([.float32, .float16], .tensorRT(1), .float16),
        ] as [(Set<WeightPrecision>, InferenceDevice, WeightPrecision)])
    func suitsTheDevice(available: Set<WeightPrecision>, device: InferenceDevice, expected: WeightPrecision) throws {
        #expect(try WeightPrecision.preferred(available: available, on: device) == expected)
    }

    @Test func int8IsRefusedOnAGPU() {
        let error = inferenceError { _ = try WeightPrecision.preferred(available: [.int8], on: .cuda(0)) }
        #expect(error?.code == .deviceUnavailable)
        #expect(error?.message.contains("no kernels on a GPU") == true)
        #expect(inferenceError { _ = try WeightPrecision.preferred(available: [], on: .cpu) }?.code == .modelMissing)
    }
}

struct DeviceSelectionTests {
    private static let gpus = (0..<2).map { NVIDIADriver.GPU(index: $0, name: "GPU \($0)", totalBytes: 1) }
    private static let full = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]

    private func choose(
        _ request: DeviceRequest, providers: [String] = full, gpus: [NVIDIADriver.GPU] = gpus, note: String? = nil,
        broken: Set<InferenceDevice> = []
    ) throws(InferenceError) -> DeviceSelection {
        try DeviceSelection.choose(
            request, offer: GPUOffer(providers: providers, gpus: gpus, driverNote: note)
        ) { device throws(InferenceError) in
            if broken.contains(device) { throw InferenceError(.deviceUnavailable, "It is broken.") }
        }
    }

    @Test func autoTakesEveryGPU() throws {
        #expect(try choose(.auto) == DeviceSelection(devices: [.cuda(0), .cuda(1)]))
    }

    @Test func autoFallsBackWithAReason() throws {
        let withoutDriver = try choose(.auto, gpus: [], note: "There is no driver.")
        #expect(withoutDriver.devices == [.cpu])
        #expect(withoutDriver.notes.count == 1)
        #expect(withoutDriver.notes.first?.hasPrefix("Running on the CPU. There is no driver.") == true)
        let cpuBuild = try choose(.auto, providers: ["CPUExecutionProvider"])
        #expect(cpuBuild.devices == [.cpu])
        #expect(cpuBuild.notes.first?.contains("built without CUDA") == true)
        let broken = try choose(.auto, broken: [.cuda(0), .cuda(1)])
        #expect(broken.devices == [.cpu])
        #expect(broken.notes.count == 3)
    }

    @Test func autoLeavesOutABrokenGPU() throws {
        let selection = try choose(.auto, broken: [.cuda(0)])
        #expect(selection.devices == [.cuda(1)])
        #expect(selection.notes == ["cuda:0 is left out. It is broken."])
    }

    @Test func anExplicitDeviceIsTaken() throws {
        #expect(try choose(.cpu) == DeviceSelection(devices: [.cpu]))
        #expect(try choose(.cuda(nil)).devices == [.cuda(0), .cuda(1)])
        #expect(try choose(.cuda(1)).devices == [.cuda(1)])
        #expect(try choose(.tensorRT(0)).devices == [.tensorRT(0)])
    }

    @Test func anExplicitDeviceThatCannotBeHadIsAnError() {
        let errors = [
            inferenceError { _ = try choose(.cuda(2)) },
            inferenceError { _ = try choose(.cuda(nil), gpus: [], note: "There is no driver.") },
            inferenceError { _ = try choose(.cuda(0), providers: ["CPUExecutionProvider"]) },
            inferenceError { _ = try choose(.tensorRT(0), providers: ["CUDAExecutionProvider"]) },
            inferenceError { _ = try choose(.cuda(nil), broken: [.cuda(1)]) },
        ]
        let parts = [
            "no GPU 2: this process sees 2", "There is no driver. To use a GPU", "built without CUDA",
            "built without TensorRT", "It is broken",
        ]
        for (error, part) in zip(errors, parts) {
            #expect(error?.code == .deviceUnavailable)
            #expect(error?.message.contains(part) == true, "\(String(describing: error))")
        }
    }
}

/// The whole way, with libraries that speak the interfaces of those on a machine with GPUs.
@Suite(.enabled(if: hasOnnxRuntime, onnxRuntimeHint))
struct DeviceSelectionStandInTests {
    private typealias Fault = OnnxRuntimeStandIn.Fault

    private func choose(
        _ request: DeviceRequest, _ fault: Fault = .none, gpuCount: UInt32 = 2
    ) throws -> DeviceSelection {
        try DeviceSelection.choose(
            request, runtime: try OnnxRuntimeStandIn(fault).runtime,
            driver: try NVMLStandIn(gpuCount: gpuCount).driver())
    }

    @Test func workingGPUsAreTaken() throws {
        #expect(try choose(.auto) == DeviceSelection(devices: [.cuda(0), .cuda(1)]))
        #expect(try choose(.cuda(1)) == DeviceSelection(devices: [.cuda(1)]))
        #expect(try choose(.tensorRT(nil)) == DeviceSelection(devices: [.tensorRT(0), .tensorRT(1)]))
        #expect(try choose(.auto, .oldOptions) == DeviceSelection(devices: [.cuda(0), .cuda(1)]))
        #expect(try choose(.auto, gpuCount: 0).devices == [.cpu])
    }

    @Test func missingCuDNNIsNamed() throws {
        let selection = try choose(.auto, .lacksCuDNN, gpuCount: 1)
        #expect(selection.devices == [.cpu])
        #expect(selection.notes.first?.contains("libcudnn.so.9 is missing") == true)
        let error = inferenceError { _ = try choose(.cuda(0), .lacksCuDNN) }
        #expect(error?.code == .deviceUnavailable)
        #expect(error?.message.contains("libcudnn.so.9 is missing: install") == true)
    }

    @Test(arguments: [1, 2, 4, 5] as [Int32])
    func whatFailsLeavesTheProcessor(fault: Int32) throws {
        let fault = try #require(Fault(rawValue: fault))
        let selection = try choose(.auto, fault)
        #expect(selection.devices == [.cpu])
        #expect(selection.notes.count == 3)
        let error = inferenceError { _ = try choose(.cuda(0), fault) }
        #expect(error?.code == (fault == .outOfMemory ? .outOfMemory : .deviceUnavailable))
    }

    @Test func theRealLibraryWithoutADriverRunsOnTheProcessor() throws {
        let driver = NVIDIADriver(libraryPath: "/nonexistent/libnvidia-ml.so.1")
        let runtime = try InferenceFixture().runtime
        #expect(try DeviceSelection.choose(.auto, runtime: runtime, driver: driver).devices == [.cpu])
        let error = inferenceError {
            _ = try DeviceSelection.choose(.cuda(0), runtime: runtime, driver: try NVMLStandIn(gpuCount: 1).driver())
        }
        #expect(error?.message.contains("built without CUDA") == true)
    }
}
