import CONNXRuntime
import Glibc
import ParleyCore

/// Opens the shared library.
///
/// It is never closed: its threads and allocators live as long as the process.
enum OrtLibrary {
    /// Opens a library by path.
    /// - Returns: its function table and version.
    /// - Throws: ``InferenceError`` with `libraryMissing` or `libraryIncompatible`.
    static func open(path: String) throws(InferenceError) -> (table: OrtTable, version: String) {
        guard access(path, R_OK) == 0 else {
            throw InferenceError(
                .libraryMissing,
                "The inference library ONNX Runtime is not installed where it was looked for. Run the set-up, or give "
                    + "the path of libonnxruntime.so in the configuration.",
                underlying: "\(path): \(String(cString: strerror(errno)))")
        }
        // The builds of PyPI send usage data to their maker from the moment in which an environment is made.
        setenv("ORT_DISABLE_TELEMETRY", "1", 1)
        // GPUs are counted as the driver's management library counts them, unless the operator says otherwise.
        setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 0)
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw foreign(dlerror().map { String(cString: $0) })
        }
        guard let symbol = dlsym(handle, "OrtGetApiBase") else {
            dlclose(handle)
            throw foreign("\(path): no symbol OrtGetApiBase")
        }
        // invariant: a library that exports this name gives it this type.
        let entryPoint = unsafeBitCast(symbol, to: OrtGetApiBaseFunction.self)
        guard let base = entryPoint() else { throw foreign("\(path): OrtGetApiBase gave nothing") }
        let version = base.pointee.GetVersionString().map(String.init(cString:)) ?? "unknown"
        return (try table(version: version, base.pointee.GetApi), version)
    }

    /// Asks a library for the function table of the version that Parley needs.
    static func table(
        version: String, _ getAPI: (UInt32) -> UnsafePointer<OrtApi>?
    ) throws(InferenceError) -> OrtTable {
        guard let api = getAPI(UInt32(PARLEY_ORT_API_VERSION)) else {
            throw InferenceError(
                .libraryIncompatible,
                "The inference library is ONNX Runtime \(version), which is too old: install version "
                    + "1.\(PARLEY_ORT_API_VERSION) or newer.")
        }
        return OrtTable(api)
    }

    private static func foreign(_ underlying: String?) -> InferenceError {
        InferenceError(
            .libraryIncompatible,
            "The configured inference library is not an ONNX Runtime library for this machine: give the path of "
                + "libonnxruntime.so in the configuration, or run the set-up again.",
            underlying: underlying)
    }
}
