import Foundation

/// The machine's memory as far as this process may use it: that of the machine, or less in a container.
public enum MachineMemory {
    /// Measures; quick, the files are the kernel's and not on a disk.
    /// - Returns: nil on a machine without `/proc`.
    public static func measure() -> DeviceMemory? { measure(root: "") }

    /// Bytes of this process that are in memory, code and mapped files included; nil on a machine without `/proc`.
    public static func residentBytes() -> Int? { text("/proc/self/status").flatMap { kilobytes("VmRSS", in: $0) } }

    /// Measures what is described by the files below a folder.
    static func measure(root: String) -> DeviceMemory? {
        guard let machine = text(root + "/proc/meminfo").flatMap(parse) else { return nil }
        let own = text(root + "/proc/self/status").flatMap(parseOwn)
        let groups = text(root + "/proc/self/cgroup") ?? ""
        let limits = ControlGroupMemory.Version.allCases.flatMap { version in
            version.mounts.flatMap { mount in
                ControlGroupMemory.groups(groups, version: version).compactMap { group in
                    limit(of: root + mount + group, version: version)
                }
            }
        }
        return limits.reduce(DeviceMemory(totalBytes: machine.totalBytes, freeBytes: machine.freeBytes, ownBytes: own))
        {
            DeviceMemory(
                totalBytes: min($0.totalBytes, $1.totalBytes), freeBytes: min($0.freeBytes, $1.freeBytes),
                ownBytes: $0.ownBytes)
        }
    }

    /// The machine's memory out of `/proc/meminfo`; nil when a number is missing.
    static func parse(meminfo: String) -> DeviceMemory? {
        guard let total = kilobytes("MemTotal", in: meminfo), let free = kilobytes("MemAvailable", in: meminfo) else {
            return nil
        }
        return DeviceMemory(totalBytes: total, freeBytes: free)
    }

    /// What the process has taken out of `/proc/self/status`, without pages of files, which the kernel can drop.
    static func parseOwn(status: String) -> Int? { kilobytes("RssAnon", in: status) }

    private static func limit(of folder: String, version: ControlGroupMemory.Version) -> DeviceMemory? {
        guard let limit = text("\(folder)/\(version.limitFile)"), let usage = text("\(folder)/\(version.usageFile)")
        else {
            return nil
        }
        return ControlGroupMemory.parse(
            limit: limit, usage: usage, stat: text("\(folder)/memory.stat") ?? "", version: version)
    }

    /// Bytes in a line such as `MemTotal:  24682416 kB`.
    private static func kilobytes(_ key: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count >= 2, fields[0] == "\(key):", let count = Int(fields[1]) else { continue }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: 1_024)
            return overflow || count < 0 ? nil : bytes
        }
        return nil
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
