/// The memory limit of one control group, as the kernel writes it into files.
///
/// See the kernel's documentation of control groups, versions 1 (`memory.rst`) and 2 (`cgroup-v2.rst`).
struct ControlGroupMemory {
    /// The two versions, which name their files differently.
    enum Version: CaseIterable {
        case one
        case two

        var limitFile: String { self == .one ? "memory.limit_in_bytes" : "memory.max" }
        var usageFile: String { self == .one ? "memory.usage_in_bytes" : "memory.current" }
        /// In `memory.stat`; version 1 counts the groups below only under this name.
        var inactiveFileKey: String { self == .one ? "total_inactive_file" : "inactive_file" }
        /// Where the groups of the memory controller are mounted.
        var mounts: [String] {
            self == .one ? ["/sys/fs/cgroup/memory"] : ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
        }
    }

    /// The limit and what is left of it; nil for no limit or for texts of another kind.
    ///
    /// Pages of files that were not used for a while count as free, because the kernel drops them when memory is asked
    /// for.
    static func parse(limit: String, usage: String, stat: String, version: Version) -> DeviceMemory? {
        guard let limit = Int(limit.trimmed), let usage = Int(usage.trimmed), limit > 0, usage >= 0 else { return nil }
        // Without a limit version 1 writes the largest multiple of the page size.
        guard limit < Int.max >> 4 else { return nil }
        let inactive = value(of: version.inactiveFileKey, in: stat) ?? 0
        return DeviceMemory(totalBytes: limit, freeBytes: limit - min(limit, max(0, usage - max(0, inactive))))
    }

    private static func value(of key: String, in stat: String) -> Int? {
        for line in stat.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 2, fields[0] == key { return Int(fields[1]) }
        }
        return nil
    }

    /// The process's group and all groups around it, innermost first, as paths below a mount, out of
    /// `/proc/self/cgroup`.
    static func groups(_ text: String, version: Version) -> [String] {
        let paths = text.split(separator: "\n").compactMap { line -> Substring? in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            let isOfVersion =
                switch version {
                case .one: fields[1].split(separator: ",").contains("memory")
                case .two: fields[0] == "0" && fields[1].isEmpty
                }
            return isOfVersion ? fields[2] : nil
        }
        guard let path = paths.first else { return [] }
        let names = path.split(separator: "/")
        guard !names.contains("..") else { return [""] }  // outside of what this process may see
        return (0...names.count).reversed().map { depth in names.prefix(depth).map { "/\($0)" }.joined() }
    }
}

extension String {
    fileprivate var trimmed: String { String(split(whereSeparator: \.isWhitespace).first ?? "") }
}
