import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

/// A copy of its own of one of the libraries that stand in for those of a GPU.
private struct StandInLibrary {
    let path: String
    private let folder: TemporaryFolder
    private let handle: UnsafeMutableRawPointer

    /// - Parameter name: The product's name; it lies beside the tests' own binary.
    init(_ name: String) throws {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let product = tests.deletingLastPathComponent().appendingPathComponent("lib\(name).so")
        folder = try TemporaryFolder()
        path = folder.path("lib\(name).so")
        try FileManager.default.copyItem(atPath: product.path, toPath: path)
        handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
    }

    func function<F>(_ name: String, as _: F.Type) throws -> F {
        unsafeBitCast(try #require(dlsym(handle, name)), to: F.self)
    }
}

/// A GPU build of ONNX Runtime whose GPUs are the processor.
struct OnnxRuntimeStandIn {
    enum Fault: Int32 {
        case none = 0
        case lacksCuDNN = 1
        case driverTooOld = 2
        case oldOptions = 3
        case runsFail = 4
        case outOfMemory = 5
    }

    let runtime: OnnxRuntime
    private let library: StandInLibrary

    init(_ fault: Fault = .none) throws {
        library = try StandInLibrary("OnnxRuntimeStandIn")
        typealias Configure = @convention(c) (UnsafePointer<CChar>, Int32) -> Void
        let configure = try library.function("onnxruntime_stand_in_configure", as: Configure.self)
        configure(try #require(TestEnvironment.onnxRuntimePath), fault.rawValue)
        runtime = try OnnxRuntime.load(libraryPath: library.path)
    }

    /// What was asked of the library so far.
    func log() throws -> [String] {
        typealias Log = @convention(c) () -> UnsafePointer<CChar>?
        let text = try library.function("onnxruntime_stand_in_log", as: Log.self)().map { String(cString: $0) }
        return (text ?? "").split(separator: "\n").map(String.init)
    }
}

/// A driver with GPUs of 16 GiB.
struct NVMLStandIn {
    static let totalBytes = 16 << 30

    let path: String
    private let library: StandInLibrary

    init(gpuCount: UInt32, initStatus: Int32 = 0) throws {
        library = try StandInLibrary("NVMLStandIn")
        path = library.path
        typealias Configure = @convention(c) (UInt32, Int32) -> Void
        try library.function("nvml_stand_in_configure", as: Configure.self)(gpuCount, initStatus)
    }

    func driver(visibleDevices: String? = nil) -> NVIDIADriver {
        NVIDIADriver(libraryPath: path, visibleDevices: visibleDevices)
    }

    /// Free memory from now on; negative: the driver does not answer.
    func setFree(_ bytes: Int, of gpu: UInt32) throws {
        typealias SetFree = @convention(c) (UInt32, Int64) -> Void
        try library.function("nvml_stand_in_set_free", as: SetFree.self)(gpu, Int64(bytes))
    }
}
