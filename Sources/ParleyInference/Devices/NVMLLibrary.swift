import CNVML
import Glibc

/// The functions of NVIDIA's management library.
///
/// It is never closed: its handles live as long as the process.
struct NVMLLibrary: @unchecked Sendable {  // invariant: functions and handles are constant, and callable on any thread
    /// Why the library can't be used.
    struct Absence: Error {
        var reason: String
    }

    /// A GPU of the library.
    struct Handle: @unchecked Sendable {  // invariant: an opaque handle that stays valid and is never followed
        fileprivate let pointer: OpaquePointer
    }

    private let countOf: NVMLCountFunction
    private let handleByIndex: NVMLHandleByIndexFunction
    private let handleByUUID: NVMLHandleByUUIDFunction
    private let nameOf: NVMLNameFunction
    private let memoryOf: NVMLMemoryFunction

    /// Opens and starts the library.
    static func open(path: String) -> Result<NVMLLibrary, Absence> {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            return .failure(Absence(reason: "There is no NVIDIA driver on this machine."))
        }
        // invariant: a library that exports one of these names gives it the type that the header declares.
        func function<F>(_ name: String, as _: F.Type) -> F? {
            dlsym(library, name).map { unsafeBitCast($0, to: F.self) }
        }
        guard let start = function("nvmlInit_v2", as: NVMLInitFunction.self),
            let countOf = function("nvmlDeviceGetCount_v2", as: NVMLCountFunction.self),
            let handleByIndex = function("nvmlDeviceGetHandleByIndex_v2", as: NVMLHandleByIndexFunction.self),
            let handleByUUID = function("nvmlDeviceGetHandleByUUID", as: NVMLHandleByUUIDFunction.self),
            let nameOf = function("nvmlDeviceGetName", as: NVMLNameFunction.self),
            let memoryOf = function("nvmlDeviceGetMemoryInfo", as: NVMLMemoryFunction.self)
        else {
            dlclose(library)
            return .failure(Absence(reason: "The NVIDIA driver's management library is not one that Parley knows."))
        }
        let status = start()
        guard status == NVML_SUCCESS_CODE else {
            return .failure(Absence(reason: "The NVIDIA driver does not answer (NVML code \(status))."))
        }
        return .success(
            NVMLLibrary(
                countOf: countOf, handleByIndex: handleByIndex, handleByUUID: handleByUUID, nameOf: nameOf,
                memoryOf: memoryOf))
    }

    /// GPUs that the driver has; 0 when it does not answer.
    func count() -> Int {
        var count: UInt32 = 0
        return countOf(&count) == NVML_SUCCESS_CODE ? Int(count) : 0
    }

    /// A GPU; nil when there is none of that name.
    func handle(_ gpu: NVIDIADriver.Visible) -> Handle? {
        var pointer: OpaquePointer?
        let status =
            switch gpu {
            case .index(let index): handleByIndex(UInt32(clamping: index), &pointer)
            case .uuid(let uuid): handleByUUID(uuid, &pointer)
            }
        guard status == NVML_SUCCESS_CODE, let pointer else { return nil }
        return Handle(pointer: pointer)
    }

    /// The product's name.
    func name(of gpu: Handle) -> String {
        var characters = [CChar](repeating: 0, count: Int(NVML_NAME_LENGTH) + 1)
        guard nameOf(gpu.pointer, &characters, UInt32(NVML_NAME_LENGTH)) == NVML_SUCCESS_CODE else {
            return "NVIDIA GPU"
        }
        return characters.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? "NVIDIA GPU"
    }

    /// Memory now; nil when the driver does not answer.
    func memory(of gpu: Handle) -> DeviceMemory? {
        var memory = NVMLMemory()
        guard memoryOf(gpu.pointer, &memory) == NVML_SUCCESS_CODE else { return nil }
        return DeviceMemory(totalBytes: Int(clamping: memory.total), freeBytes: Int(clamping: memory.free))
    }
}
