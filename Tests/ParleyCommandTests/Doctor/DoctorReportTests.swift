import ParleyAPI
import Testing

@testable import parley

@Suite struct DoctorReportTests {
    private var healthy: SystemFacts {
        var facts = SystemFacts()
        facts.coreCount = 4
        facts.memoryBytes = 8 << 30
        facts.availableMemoryBytes = 6 << 30
        facts.freeDiskBytes = 50 << 30
        facts.isDataFolderWritable = true
        facts.inference = .success(
            .init(path: "/lib/libonnxruntime.so.1", version: "1.31.1", providers: ["CPUExecutionProvider"]))
        facts.libraries = [.init(name: "libwebsockets", version: "17", path: "/lib/libwebsockets.so.17")]
        facts.modelFiles = [.init(name: "vad.onnx", state: .intact)]
        facts.pulledModels = [.init(id: "tiny", fileCount: 5, wrongFiles: [])]
        facts.hasSample = true
        return facts
    }

    private func report(_ change: (inout SystemFacts) -> Void = { _ in }) -> DoctorReport {
        var facts = healthy
        change(&facts)
        return DoctorReport(facts, Settings())
    }

    @Test func aHealthyMachineIsReady() {
        let report = report()
        #expect(report.isUsable)
        #expect(report.findings.allSatisfy { $0.status == .ok && $0.remedy == nil })
        #expect(report.text.hasSuffix("Parley is ready.\n"))
        #expect(
            report.text.contains(
                "ok       ONNX Runtime        1.31.1 (CPUExecutionProvider) at /lib/libonnxruntime.so.1\n"))
    }

    @Test func problemsMakeItUnusableAndHaveARemedy() {
        let problems: [(inout SystemFacts) -> Void] = [
            { $0.inference = .failure(CommandFailure(.unavailable, "not found")) },
            { $0.missingPocketSphinxFiles = ["en-us/mdef"] },
            { $0.modelFiles = [.init(name: "vad.onnx", state: .missing)] },
            { $0.modelFiles = [.init(name: "vad.onnx", state: .damaged)] },
        ]
        for change in problems {
            let report = report(change)
            #expect(!report.isUsable)
            let found = report.findings.filter { $0.status != .ok }
            #expect(found.count == 1 && found[0].status == .problem && found[0].remedy != nil)
        }
    }

    @Test func warningsLeaveItUsable() {
        let warnings: [(inout SystemFacts) -> Void] = [
            { $0.availableMemoryBytes = 100 << 20 }, { $0.isDataFolderWritable = false },
            { $0.freeDiskBytes = 10 << 20 }, { $0.port = .refused(reason: "Address already in use") },
            { $0.hasSample = false }, { $0.pulledModels = [.init(id: "tiny", fileCount: 5, wrongFiles: ["a"])] },
        ]
        for change in warnings {
            let report = report(change)
            #expect(report.isUsable)
            let found = report.findings.filter { $0.status != .ok }
            #expect(found.count == 1 && found[0].status == .warning && found[0].remedy != nil)
        }
    }

    @Test func jsonSaysTheSame() {
        let json = report { $0.hasSample = false }.json.text
        #expect(json.hasPrefix("{\"usable\":true,\"findings\":[{\"status\":\"ok\",\"subject\":\"Parley\""))
        #expect(json.contains("\"remedy\":\"run make setup\""))
    }

    @Test func commandSaysWhetherItIsUsable() async {
        var harness = CommandHarness()
        #expect(await harness.run("doctor") == .unavailable)
        let facts = healthy
        harness.composition.examine = { _ in facts }
        #expect(await harness.run("doctor", "--json") == .success)
    }

    @Test func librariesAreReadFromTheProcessMap() {
        let maps = """
            7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libavformat.so.59.27.100
            7f01-7f02 r--p 00000000 08:01 1 /usr/lib/libavformat.so.59.27.100
            7f02-7f03 rw-p 00000000 00:00 0
            7f03-7f04 r-xp 00000000 08:01 2 /opt/my libs/libwebsockets.so.17
            7f04-7f05 rw-p 00000000 00:00 0 [stack]
            """
        #expect(
            MappedLibraries.libraries(MappedLibraries.paths(maps)) == [
                .init(name: "libavformat", version: "59.27.100", path: "/usr/lib/libavformat.so.59.27.100"),
                .init(name: "libwebsockets", version: "17", path: "/opt/my libs/libwebsockets.so.17"),
            ])
    }

    @Test func kernelFilesAreReadToTheirEnd() throws {
        let maps = try #require(SystemFile.text("/proc/self/maps"))
        #expect(!MappedLibraries.libraries(MappedLibraries.paths(maps)).isEmpty)
        #expect((SystemFile.fields("/proc/meminfo")["MemTotal"] ?? 0) > 0)
        #expect(SystemFile.text("/no/such/file") == nil)
    }

    @Test func aTakenPortIsNoticed() throws {
        let listener = try LoopbackListener()
        #expect(PortCheck.state(host: "127.0.0.1", port: listener.port) == .refused(reason: "Address already in use"))
        #expect(PortCheck.state(host: "127.0.0.1", port: 0) == .free)
        #expect(PortCheck.state(host: "not an address", port: 1) != .free)
    }
}
