import Foundation

/// How many processor cores this process may keep busy.
public enum AvailableCores {
    /// The cores in the process's affinity mask, lowered to the container's quota; at least 1.
    public static func count() -> Int {
        let allowed = ProcessInfo.processInfo.activeProcessorCount
        let quota = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8)
        return max(1, min(allowed, quota.flatMap(quotaCores) ?? allowed))
    }

    /// Cores that a cgroup's `cpu.max` (`quota period` in microseconds, or `max period`) grants, rounded up; nil for no
    /// limit.
    ///
    /// See the kernel's documentation of control groups, version 2.
    static func quotaCores(_ line: String) -> Int? {
        let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), quota > 0, period > 0,
            quota / period < 65_536
        else { return nil }
        return Int((quota / period).rounded(.up))
    }
}
