import Synchronization

/// How much memory a model takes, by family, precision and rows of a batch: an estimate that learns from what is
/// measured.
public final class CostModel: Sendable {
    /// What has costs of its own.
    public struct Key: Sendable, Hashable {
        /// The model's family, or the model where sizes differ within the family.
        public var family: String
        /// The format of its weights.
        public var precision: WeightPrecision

        /// Makes a key.
        public init(family: String, precision: WeightPrecision) {
            self.family = family
            self.precision = precision
        }
    }

    /// Bytes that a loaded model takes.
    public struct Cost: Sendable, Hashable {
        /// For the weights, once for each device.
        public var weightBytes: Int
        /// For each row of a batch: intermediate results and caches.
        public var bytesPerRow: Int

        /// Makes a cost.
        public init(weightBytes: Int, bytesPerRow: Int) {
            self.weightBytes = max(0, weightBytes)
            self.bytesPerRow = max(0, bytesPerRow)
        }
    }

    /// How much of a new measurement goes into the estimate.
    static let weightOfNews = 0.2
    /// The part of the first estimate below which no measurement takes it, because a measurement sees only what the
    /// library had not kept from earlier runs.
    static let floorFraction = 0.25

    /// The cost of a request that the operator has set (`MEMORY_PER_REQUEST_GB`), in bytes; nil for the estimate.
    public let fixedBytesPerRequest: Int?

    private struct Entry {
        var first: Cost
        var weightBytes: Double
        var bytesPerRow: Double
    }

    private let entries = Mutex<[Key: Entry]>([:])

    /// Makes a model without estimates.
    /// - Parameter fixedBytesPerRequest: Used for every request in place of the estimate; default none.
    public init(fixedBytesPerRequest: Int? = nil) {
        self.fixedBytesPerRequest = fixedBytesPerRequest.map { max(0, $0) }
    }

    /// Gives the first estimate, such as the size of the files; one that has learned stays.
    public func register(_ key: Key, estimate: Cost) {
        entries.withLock { entries in
            guard entries[key]?.first != estimate else { return }
            entries[key] = Entry(
                first: estimate, weightBytes: Double(estimate.weightBytes), bytesPerRow: Double(estimate.bytesPerRow))
        }
    }

    /// Bytes for the weights of a model on one device; 0 when it was never registered.
    public func weightBytes(_ key: Key) -> Int {
        entries.withLock { Int(clamping: $0[key]?.weightBytes ?? 0) }
    }

    /// Bytes for a request whose work fills some rows of a batch, without the weights.
    ///
    /// The operator's fixed number where there is one; 0 when the model was never registered.
    public func requestBytes(_ key: Key, rows: Int) -> Int {
        fixedBytesPerRequest
            ?? entries.withLock { Int(clamping: ($0[key]?.bytesPerRow ?? 0) * Double(max(0, rows))) }
    }

    /// Bytes for a request to whichever model costs most; the operator's fixed number where there is one, 0 when no
    /// model was registered.
    public func largestRequestBytes(rows: Int) -> Int {
        fixedBytesPerRequest
            ?? entries.withLock { entries in
                Int(clamping: (entries.values.map(\.bytesPerRow).max() ?? 0) * Double(max(0, rows)))
            }
    }

    /// Bytes for a model with a batch of some rows at work.
    public func predict(_ key: Key, rows: Int) -> Int {
        let (sum, overflow) = weightBytes(key).addingReportingOverflow(requestBytes(key, rows: rows))
        return overflow ? .max : sum
    }

    /// Corrects the estimate of the weights by what loading took.
    public func observe(_ key: Key, weightBytes measured: Int) {
        correct(key) { entry in
            entry.weightBytes = Self.corrected(entry.weightBytes, by: measured, first: entry.first.weightBytes)
        }
    }

    /// Corrects the estimate of a row by what a batch of some rows took.
    public func observe(_ key: Key, rows: Int, measured: Int) {
        guard rows > 0 else { return }
        correct(key) { entry in
            entry.bytesPerRow = Self.corrected(
                entry.bytesPerRow, by: measured / rows, first: entry.first.bytesPerRow)
        }
    }

    private func correct(_ key: Key, _ change: (inout Entry) -> Void) {
        entries.withLock { entries in
            guard var entry = entries[key] else { return }
            change(&entry)
            entries[key] = entry
        }
    }

    private static func corrected(_ estimate: Double, by measured: Int, first: Int) -> Double {
        max(estimate + weightOfNews * (Double(measured) - estimate), floorFraction * Double(first))
    }
}

extension Int {
    /// The nearest number that fits, rounded up.
    fileprivate init(clamping value: Double) {
        self = value < Double(Int.max) ? Int(value.rounded(.up)) : .max
    }
}
