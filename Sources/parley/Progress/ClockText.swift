import Foundation

/// Times within a recording, for people.
enum ClockText {
    /// `M:SS`, or `H:MM:SS` from an hour on.
    static func short(_ seconds: Double) -> String {
        let whole = clamped(seconds)
        let (hours, minutes, rest) = (whole / 3_600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(padded(minutes)):\(padded(rest))" : "\(minutes):\(padded(rest))"
    }

    /// `MM:SS.t`, or `H:MM:SS.t` when `withHours`.
    static func precise(_ seconds: Double, withHours: Bool) -> String {
        let tenths = clamped(seconds * 10)
        let whole = tenths / 10
        let minutes = withHours ? "\(whole / 3_600):\(padded(whole / 60 % 60))" : padded(whole / 60)
        return "\(minutes):\(padded(whole % 60)).\(tenths % 10)"
    }

    /// Rounded; a time that is negative or no number is 0.
    private static func clamped(_ value: Double) -> Int {
        value.isFinite && value > 0 ? Int(min(value, 1e12).rounded()) : 0
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Numbers for people.
enum NumberText {
    /// With a fixed number of decimals and a point.
    static func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }

    /// `1 speaker`, `2 speakers`.
    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
