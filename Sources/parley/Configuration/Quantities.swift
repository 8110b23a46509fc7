/// Sizes as people write them.
enum ByteCount {
    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1),
    ]

    /// A size with or without a unit; letter case and blanks do not matter.
    static func parse(_ text: String) -> Int? {
        let text = text.lowercased()
        for unit in units where text.hasSuffix(unit.name.lowercased()) {
            guard let count = Int(text.dropLast(unit.name.count).trimmingBlanks), count >= 0 else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
            return overflow ? nil : bytes
        }
        return Int(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The size without loss, in the largest binary unit that divides it.
    static func text(_ bytes: Int) -> String {
        for unit in units.prefix(3) where bytes > 0 && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes) \(unit.name)"
        }
        return "\(bytes) B"
    }

    /// The size to three digits or so, for people.
    static func rounded(_ bytes: Int) -> String {
        for unit in units.prefix(3) where bytes >= unit.bytes {
            let tenths = (Double(bytes) / Double(unit.bytes) * 10).rounded() / 10
            return "\(tenths) \(unit.name)"
        }
        return "\(bytes) B"
    }
}

/// Times as people write them.
enum TimeText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// A time with or without a unit, to the millisecond; a bare number counts seconds.
    static func parse(_ text: String) -> Duration? {
        let text = text.lowercased()
        let unit = units.first { text.hasSuffix($0.name) } ?? ("", 1_000)
        guard let count = Double(text.dropLast(unit.name.count).trimmingBlanks), count >= 0, count.isFinite else {
            return nil
        }
        let milliseconds = (count * Double(unit.milliseconds)).rounded()
        return milliseconds < 1e15 ? .milliseconds(Int64(milliseconds)) : nil
    }

    /// The time in the largest unit that divides it.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        for unit in units.reversed() where milliseconds > 0 && milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds / 1_000)s"
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
    /// Seconds as a number.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
