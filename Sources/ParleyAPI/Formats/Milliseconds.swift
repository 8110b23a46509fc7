/// A time in whole milliseconds, as subtitles and tables write it.
struct Milliseconds: Hashable, Comparable {
    var value: Int

    /// The nearest millisecond; a time that is negative or no number becomes 0.
    init(_ seconds: Double) {
        value = seconds.isFinite && seconds > 0 ? Int((min(seconds, 1e12) * 1_000).rounded()) : 0
    }

    init(value: Int) { self.value = value }

    static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.value < right.value }

    /// `HH:MM:SS`, the mark, and three digits.
    func clock(mark: String) -> String {
        let seconds = value / 1_000
        return
            "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            + mark + padded(value % 1_000, 3)
    }

    /// Seconds with three decimals.
    var decimalSeconds: String { "\(value / 1_000).\(padded(value % 1_000, 3))" }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
