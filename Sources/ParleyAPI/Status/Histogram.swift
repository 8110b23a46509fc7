/// How often values fell into ranges, as Prometheus counts it.
struct Histogram: Sendable, Hashable {
    /// Upper ends of the ranges, ascending; a last range without an end follows.
    let bounds: [Double]
    /// Values in each range.
    private(set) var counts: [Int]
    /// Sum of all values.
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func add(_ value: Double, times: Int = 1) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += times
        sum += value * Double(times)
    }
}
