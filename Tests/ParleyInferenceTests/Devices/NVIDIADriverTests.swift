import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

struct NVIDIADriverTests {
    @Test func listsTheGPUs() throws {
        let standIn = try NVMLStandIn(gpuCount: 2)
        let driver = standIn.driver()
        #expect(
            driver.gpus == [
                .init(index: 0, name: "Stand-in GPU 0", totalBytes: NVMLStandIn.totalBytes),
                .init(index: 1, name: "Stand-in GPU 1", totalBytes: NVMLStandIn.totalBytes),
            ])
        #expect(driver.note == nil)
        try standIn.setFree(3 << 30, of: 1)
        #expect(driver.memory(of: 1) == DeviceMemory(totalBytes: NVMLStandIn.totalBytes, freeBytes: 3 << 30))
        #expect(driver.memory(of: 0)?.freeBytes == NVMLStandIn.totalBytes)
        #expect(driver.memory(of: 2) == nil)
        #expect(driver.memory(of: -1) == nil)
        try standIn.setFree(-1, of: 1)
        #expect(driver.memory(of: 1) == nil)
    }

    /// GPU 0 of the process is the first that the variable names.
    @Test func countsAsCUDADoes() throws {
        let standIn = try NVMLStandIn(gpuCount: 3)
        let driver = standIn.driver(visibleDevices: "2,GPU-0")
        #expect(driver.gpus.map(\.name) == ["Stand-in GPU 2", "Stand-in GPU 0"])
        try standIn.setFree(1 << 30, of: 2)
        #expect(driver.memory(of: 0)?.freeBytes == 1 << 30)
        #expect(standIn.driver(visibleDevices: "").note?.contains("hides every GPU") == true)
        #expect(standIn.driver(visibleDevices: "GPU-7").note?.contains("0 of 1") == true)
    }

    @Test(
        arguments: [
            (nil, [.index(0), .index(1), .index(2)]), ("", []), ("-1", []), ("1", [.index(1)]),
            (" 2 , 0 ", [.index(2), .index(0)]), ("0,7,1", [.index(0)]), ("0,0,1", [.index(0)]), ("x", []),
            ("GPU-a,1,MIG-b", [.uuid("GPU-a"), .index(1), .uuid("MIG-b")]),
        ] as [(String?, [NVIDIADriver.Visible])])
    func readsVisibleDevices(variable: String?, expected: [NVIDIADriver.Visible]) {
        #expect(NVIDIADriver.visible(variable, count: 3) == expected)
    }

    @Test func aMachineWithoutTheDriverHasANote() throws {
        let missing = NVIDIADriver(libraryPath: "/nonexistent/libnvidia-ml.so.1", visibleDevices: nil)
        #expect(missing.gpus.isEmpty)
        #expect(missing.note == "There is no NVIDIA driver on this machine.")
        #expect(missing.memory(of: 0) == nil)
        let folder = try TemporaryFolder()
        let text = NVIDIADriver(libraryPath: try folder.write("nvml.so", Array("text".utf8)), visibleDevices: nil)
        #expect(text.note != nil)
        let foreign = NVIDIADriver(libraryPath: "libm.so.6", visibleDevices: nil)
        #expect(foreign.note?.contains("not one that Parley knows") == true)
    }

    @Test func aDriverThatDoesNotAnswerHasANote() throws {
        let mute = try NVMLStandIn(gpuCount: 2, initStatus: 9).driver()
        #expect(mute.gpus.isEmpty)
        #expect(mute.note?.contains("code 9") == true)
        #expect(try NVMLStandIn(gpuCount: 0).driver().note == "The NVIDIA driver has no GPU.")
    }
}
