import CONNXRuntime

/// The library's description of a GPU's memory.
final class GPUMemory: Sendable {
    let info: OrtObject

    /// - Parameter index: The driver's number of the GPU.
    init(index: Int, table: OrtTable) throws(OrtFailure) {
        info = try table.make(released: table.api.ReleaseMemoryInfo) {
            table.api.CreateMemoryInfo(
                "Cuda", OrtAllocatorType(ORT_DEVICE_ALLOCATOR), Int32(clamping: index), OrtMemType(ORT_MEM_DEFAULT),
                $0)
        }
    }
}
