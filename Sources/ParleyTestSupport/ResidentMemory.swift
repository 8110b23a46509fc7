import Foundation

/// Memory of the current process that is in RAM.
public enum ResidentMemory {
    /// Bytes, from `/proc/self/statm`; 0 where that does not exist.
    public static func bytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        guard let fields, fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The most bytes there ever were, from `/proc/self/status`; 0 where that does not exist.
    public static func peakBytes() -> Int {
        let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n")
        let fields = lines?.first { $0.hasPrefix("VmHWM:") }?.split(whereSeparator: \.isWhitespace)
        return (fields?.dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
}
