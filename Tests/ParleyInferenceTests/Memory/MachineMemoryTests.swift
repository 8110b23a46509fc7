import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

/// A folder with files such as the kernel shows.
private struct FakeMachine {
    let folder: TemporaryFolder

    init(_ files: [String: String]) throws {
        folder = try TemporaryFolder()
        for (path, text) in files {
            let file = folder.url.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    func measure() -> DeviceMemory? { MachineMemory.measure(root: folder.url.path) }
}

struct MachineMemoryTests {
    private static let base = [
        "proc/meminfo": "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    600 kB\n",
        "proc/self/status": "Name:\tparley\nVmRSS:\t     300 kB\nRssAnon:\t     200 kB\nRssFile:\t     100 kB\n",
    ]

    private func memory(_ files: [String: String]) throws -> DeviceMemory? {
        try FakeMachine(Self.base.merging(files) { $1 }).measure()
    }

    @Test func readsTheMachine() throws {
        let whole = DeviceMemory(totalBytes: 1_000 << 10, freeBytes: 600 << 10, ownBytes: 200 << 10)
        #expect(try memory([:]) == whole)
        #expect(try memory(["proc/self/cgroup": "0::/\n"]) == whole)
        #expect(try FakeMachine([:]).measure() == nil)
        #expect(try memory(["proc/meminfo": "MemTotal: 1000 kB\n"]) == nil)
        #expect(try memory(["proc/meminfo": "MemTotal: 99999999999999999999 kB\nMemAvailable: x kB\n"]) == nil)
    }

    @Test func aContainerOfVersion2LowersIt() throws {
        let measured = try memory([
            "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "512000\n",
            "sys/fs/cgroup/memory.current": "400000\n",
            "sys/fs/cgroup/memory.stat": "anon 100000\nfile 300000\ninactive_file 250000\nactive_file 50000\n",
        ])
        #expect(measured == DeviceMemory(totalBytes: 512_000, freeBytes: 362_000, ownBytes: 200 << 10))
    }

    @Test func aContainerOfVersion1LowersIt() throws {
        let measured = try memory([
            "proc/self/cgroup": "12:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n0::/docker/abc\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "512000\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "500000\n",
            "sys/fs/cgroup/memory/memory.stat": "inactive_file 9\ntotal_inactive_file 100000\n",
        ])
        #expect(measured == DeviceMemory(totalBytes: 512_000, freeBytes: 112_000, ownBytes: 200 << 10))
    }

    /// A group may have a limit and the one around it a smaller one.
    @Test func theTightestOfTheGroupsCounts() throws {
        let measured = try memory([
            "proc/self/cgroup": "0::/system.slice/parley.service\n",
            "sys/fs/cgroup/system.slice/memory.max": "300000\n",
            "sys/fs/cgroup/system.slice/memory.current": "200000\n",
            "sys/fs/cgroup/system.slice/parley.service/memory.max": "400000\n",
            "sys/fs/cgroup/system.slice/parley.service/memory.current": "350000\n",
        ])
        #expect(measured == DeviceMemory(totalBytes: 300_000, freeBytes: 50_000, ownBytes: 200 << 10))
    }

    @Test(arguments: ["max", "9223372036854771712", "-1", "0", "x", ""])
    func noLimitLowersNothing(limit: String) throws {
        let measured = try memory([
            "proc/self/cgroup": "0::/\n5:memory:/\n", "sys/fs/cgroup/memory.max": limit,
            "sys/fs/cgroup/memory.current": "400000", "sys/fs/cgroup/memory/memory.limit_in_bytes": limit,
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "400000",
        ])
        #expect(measured?.totalBytes == 1_000 << 10)
        #expect(measured?.freeBytes == 600 << 10)
    }

    @Test func moreUsedThanAllowedLeavesNothing() {
        let memory = ControlGroupMemory.parse(limit: "100", usage: "150", stat: "inactive_file 20", version: .two)
        #expect(memory == DeviceMemory(totalBytes: 100, freeBytes: 0))
        let odd = ControlGroupMemory.parse(limit: "100", usage: "50", stat: "inactive_file 70", version: .two)
        #expect(odd == DeviceMemory(totalBytes: 100, freeBytes: 100))
    }

    @Test func groupsAreListedFromTheInside() {
        let text = "7:memory,hugetlb:/a/b\n1:name=systemd:/x\n0::/c:d\n"
        #expect(ControlGroupMemory.groups(text, version: .one) == ["/a/b", "/a", ""])
        #expect(ControlGroupMemory.groups(text, version: .two) == ["/c:d", ""])
        #expect(ControlGroupMemory.groups("0::/../..\n", version: .two) == [""])
        #expect(ControlGroupMemory.groups("nonsense\n", version: .two) == [])
    }

    @Test(.enabled(if: TestEnvironment.exists("/proc/meminfo")))
    func thisMachineHasMemory() throws {
        let memory = try #require(MachineMemory.measure())
        #expect(memory.totalBytes > 64 << 20)
        #expect((0...memory.totalBytes).contains(memory.freeBytes))
        #expect((memory.ownBytes ?? 0) > 1 << 20)
        #expect((MachineMemory.residentBytes() ?? 0) >= memory.ownBytes ?? 0)
    }
}
