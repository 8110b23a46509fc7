import CNVML
import Foundation

/// The NVIDIA driver's own view of the GPUs, by its management library NVML, opened at run time.
///
/// A machine without the driver has no GPUs and a ``note`` that says why. The GPUs are counted as CUDA counts them for
/// this process: in the order of the PCI bus, and only those in `CUDA_VISIBLE_DEVICES` where that is set.
public final class NVIDIADriver: Sendable {
    /// A GPU that this process may use.
    public struct GPU: Sendable, Hashable {
        /// CUDA's number for it, from 0.
        public var index: Int
        /// Such as `NVIDIA L4`.
        public var name: String
        /// Its memory in bytes.
        public var totalBytes: Int
    }

    /// The GPUs by number.
    public let gpus: [GPU]
    /// Why there are none, or fewer than the driver has; nil when all is well.
    public let note: String?

    private let library: NVMLLibrary?
    private let handles: [NVMLLibrary.Handle]

    /// Asks the driver.
    ///
    /// Blocking: opens a library the first time.
    /// - Parameter libraryPath: The management library; default the one that the system finds.
    public convenience init(libraryPath: String = "libnvidia-ml.so.1") {
        self.init(
            libraryPath: libraryPath, visibleDevices: ProcessInfo.processInfo.environment["CUDA_VISIBLE_DEVICES"])
    }

    init(libraryPath: String, visibleDevices: String?) {
        switch NVMLLibrary.open(path: libraryPath) {
        case .failure(let absence):
            (library, gpus, handles, note) = (nil, [], [], absence.reason)
        case .success(let library):
            let visible = Self.visible(visibleDevices, count: library.count())
            let handles = visible.compactMap(library.handle)
            self.library = library
            self.handles = handles
            gpus = handles.enumerated().map { index, handle in
                GPU(
                    index: index, name: library.name(of: handle),
                    totalBytes: library.memory(of: handle)?.totalBytes ?? 0)
            }
            note = Self.note(visible: visible.count, found: handles.count, limitedBy: visibleDevices)
        }
    }

    /// Memory of a GPU now; nil when there is no such GPU or the driver does not answer.
    public func memory(of index: Int) -> DeviceMemory? {
        guard let library, handles.indices.contains(index) else { return nil }
        return library.memory(of: handles[index])
    }

    private static func note(visible: Int, found: Int, limitedBy variable: String?) -> String? {
        if found < visible { return "The NVIDIA driver knows only \(found) of \(visible) GPUs." }
        guard found == 0 else { return nil }
        return variable.map { "CUDA_VISIBLE_DEVICES=\($0) hides every GPU." } ?? "The NVIDIA driver has no GPU."
    }

    /// How one GPU is named in `CUDA_VISIBLE_DEVICES`.
    enum Visible: Hashable {
        case index(Int)
        case uuid(String)
    }

    /// The GPUs that CUDA shows to a process, in its order: all when the variable is not set; otherwise those named, up
    /// to the first that does not exist (CUDA programming guide, environment variables).
    static func visible(_ variable: String?, count: Int) -> [Visible] {
        guard let variable else { return (0..<count).map(Visible.index) }
        var named: [Visible] = []
        for field in variable.split(separator: ",", omittingEmptySubsequences: false) {
            let name = field.trimmingCharacters(in: .whitespaces)
            if name.hasPrefix("GPU-") || name.hasPrefix("MIG-") {
                named.append(.uuid(name))
            } else if let index = Int(name), (0..<count).contains(index), !named.contains(.index(index)) {
                named.append(.index(index))
            } else {
                break
            }
        }
        return named
    }
}
