import CONNXRuntime
import Foundation
public import ParleyCore
import Synchronization

/// The inference library ONNX Runtime, opened from a shared library by path, with its one environment and the thread
/// pool that all sessions share.
///
/// There is one instance per process and library; it lives until the process ends.
public final class OnnxRuntime: Sendable {
    /// The library's version, such as `1.31.1`.
    public let version: String
    /// Names of the devices that the library was built for, best first, such as `CPUExecutionProvider`.
    public let availableProviders: [String]

    let table: OrtTable
    let environment: OrtObject
    /// Describes ordinary memory to the library.
    let cpuMemory: OrtObject

    private static let loaded = Mutex<[String: OnnxRuntime]>([:])

    /// Opens the library and creates its environment, or gives the instance that was made before from the same file.
    ///
    /// Blocking: reads the library from disk the first time.
    /// - Parameters:
    ///   - libraryPath: The shared library, such as `/usr/lib/libonnxruntime.so.1`.
    ///   - options: Used the first time; later calls for the same file get what is there.
    /// - Throws: ``InferenceError`` with `libraryMissing`, `libraryIncompatible` or `runFailed`.
    public static func load(
        libraryPath: String, options: RuntimeOptions = RuntimeOptions()
    ) throws(InferenceError) -> OnnxRuntime {
        let path = URL(fileURLWithPath: libraryPath).resolvingSymlinksInPath().path
        let result = loaded.withLock { loaded -> Result<OnnxRuntime, InferenceError> in
            if let runtime = loaded[path] { return .success(runtime) }
            return Result { () throws(InferenceError) in
                let runtime = try OnnxRuntime(openedFrom: path, options: options)
                loaded[path] = runtime
                return runtime
            }
        }
        return try result.get()
    }

    /// Opens the first library that exists among some paths.
    /// - Throws: ``InferenceError``; `libraryMissing` when there is none.
    public static func load(
        firstOf candidates: [String], options: RuntimeOptions = RuntimeOptions()
    ) throws(InferenceError) -> OnnxRuntime {
        let found = candidates.first { FileManager.default.isReadableFile(atPath: $0) }
        guard let path = found ?? candidates.first else {
            throw InferenceError(.libraryMissing, "No place to look for the inference library was given.")
        }
        return try load(libraryPath: path, options: options)
    }

    /// Where the library is looked for when the configuration names none: the data directory, then the system.
    /// - Parameter dataDirectory: Parley's data directory; the set-up puts the library into its folder `lib`.
    public static func defaultLibraryCandidates(dataDirectory: String) -> [String] {
        let folders = [
            URL(fileURLWithPath: dataDirectory).appendingPathComponent("lib").path, "/usr/local/lib",
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
        ]
        return folders.flatMap { ["\($0)/libonnxruntime.so.1", "\($0)/libonnxruntime.so"] }
    }

    private init(openedFrom path: String, options: RuntimeOptions) throws(InferenceError) {
        let (table, version) = try OrtLibrary.open(path: path)
        do throws(OrtFailure) {
            environment = try Self.makeEnvironment(table, options: options)
            cpuMemory = try table.make(released: table.api.ReleaseMemoryInfo) {
                table.api.CreateCpuMemoryInfo(OrtAllocatorType(ORT_DEVICE_ALLOCATOR), OrtMemType(ORT_MEM_DEFAULT), $0)
            }
            availableProviders = try Self.providers(table)
        } catch {
            throw InferenceError(
                .runFailed, "The inference library could not be started on this machine.", underlying: error.message)
        }
        self.table = table
        self.version = version
    }

    private static func makeEnvironment(_ table: OrtTable, options: RuntimeOptions) throws(OrtFailure) -> OrtObject {
        let api = table.api
        let threading = try table.make(released: api.ReleaseThreadingOptions) { api.CreateThreadingOptions($0) }
        let threadCount = Int32(clamping: max(1, options.intraOpThreadCount))
        try table.check(api.SetGlobalIntraOpNumThreads(threading.pointer, threadCount))
        try table.check(api.SetGlobalInterOpNumThreads(threading.pointer, 1))
        try table.check(api.SetGlobalSpinControl(threading.pointer, options.allowSpinning ? 1 : 0))
        return try table.make(released: { _ in }) {  // the environment lives as long as the process
            api.CreateEnvWithGlobalThreadPools(options.logLevel.rawValue, "parley", threading.pointer, $0)
        }
    }

    private static func providers(_ table: OrtTable) throws(OrtFailure) -> [String] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int32 = 0
        try table.check(table.api.GetAvailableProviders(&names, &count))
        guard let names else { return [] }
        let copies = (0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } }
        try table.check(table.api.ReleaseAvailableProviders(names, count))
        return copies
    }
}
