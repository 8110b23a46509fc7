import ParleyCore

/// Lloyd's k-means (1982) from k-means++ starting points (Arthur & Vassilvitskii 2007), the best of several starts.
///
/// Deterministic: the random numbers have a fixed seed.
struct KMeans: Sendable {
    /// Clusters, at least 1 and at most the number of points.
    let clusterCount: Int
    /// Starts, of which the one with the least inertia counts.
    var startCount = 3
    /// Rounds of a start at most.
    var largestRoundCount = 300

    /// The cluster of each point; every cluster has a point.
    /// - Parameters:
    ///   - values: Flat `[point][value]`.
    ///   - dimension: Values per point, at least 1.
    ///   - weights: How often each point counts.
    /// - Throws: `CancellationError`.
    func labels(
        _ values: [Double], dimension: Int, weights: [Double], cancellation: CancellationFlag
    ) throws -> [Int] {
        var random = SplitMix64(seed: 42)
        var best: (labels: [Int], inertia: Double)?
        for _ in 0..<startCount {
            var run = KMeansRun(values: values, dimension: dimension, weights: weights)
            try cancellation.check()
            run.seed(clusterCount, using: &random)
            for _ in 0..<largestRoundCount {
                try cancellation.check()
                guard run.assign() else { break }
                run.moveCentres()
            }
            if run.inertia < best?.inertia ?? .infinity { best = (run.labels, run.inertia) }
        }
        return best?.labels ?? Array(repeating: 0, count: weights.count)
    }
}

/// One start of ``KMeans``.
private struct KMeansRun {
    let values: [Double]
    let dimension: Int
    let weights: [Double]
    private(set) var labels: [Int]
    private var centres: [Double] = []
    private var squares: [Double]

    init(values: [Double], dimension: Int, weights: [Double]) {
        self.values = values
        self.dimension = dimension
        self.weights = weights
        labels = Array(repeating: -1, count: weights.count)
        squares = Array(repeating: .infinity, count: weights.count)
    }

    /// Weighted sum of squared distances from the centres.
    var inertia: Double { zip(squares, weights).reduce(0) { $0 + $1.0 * $1.1 } }

    private func square(_ point: Int, centre: Int) -> Double {
        var sum = 0.0
        for index in 0..<dimension {
            let difference = values[point * dimension + index] - centres[centre * dimension + index]
            sum += difference * difference
        }
        return sum
    }

    /// Starting points, each with the probability of its squared distance from those before.
    mutating func seed(_ count: Int, using random: inout SplitMix64) {
        var isTaken = [Bool](repeating: false, count: weights.count)
        for centre in 0..<count {
            let shares = weights.indices.map { isTaken[$0] ? 0 : weights[$0] * (centre == 0 ? 1 : squares[$0]) }
            let total = shares.reduce(0, +)
            var rest = total * random.uniform()
            let drawn = shares.indices.first {
                rest -= shares[$0]
                return rest < 0
            }
            // Nothing is drawn where all that are left equal a centre.
            guard let point = drawn ?? isTaken.firstIndex(of: false) else { return }
            isTaken[point] = true
            centres += values[point * dimension..<(point + 1) * dimension]
            for other in weights.indices { squares[other] = min(squares[other], square(other, centre: centre)) }
        }
    }

    /// Gives each point to the nearest centre.
    /// - Returns: Whether any changed.
    mutating func assign() -> Bool {
        var hasChanged = false
        let count = centres.count / dimension
        for point in labels.indices {
            let distances = (0..<count).map { square(point, centre: $0) }
            guard let nearest = distances.indices.min(by: { distances[$0] < distances[$1] }) else { continue }
            hasChanged = hasChanged || labels[point] != nearest
            labels[point] = nearest
            squares[point] = distances[nearest]
        }
        return fillEmpty(count) || hasChanged
    }

    /// Gives centres without points the points that are farthest from theirs.
    private mutating func fillEmpty(_ count: Int) -> Bool {
        var sizes = [Int](repeating: 0, count: count)
        for label in labels { sizes[label] += 1 }
        var hasChanged = false
        for empty in 0..<count where sizes[empty] == 0 {
            let shared = labels.indices.filter { sizes[labels[$0]] > 1 }
            guard let farthest = shared.max(by: { squares[$0] < squares[$1] }) else { break }
            sizes[labels[farthest]] -= 1
            sizes[empty] = 1
            labels[farthest] = empty
            // At its centre even where others are as near: points that are equal can't be told apart any better.
            hasChanged = hasChanged || squares[farthest] > 0
            squares[farthest] = 0
        }
        return hasChanged
    }

    mutating func moveCentres() {
        let count = centres.count / dimension
        var sums = [Double](repeating: 0, count: centres.count)
        var totals = [Double](repeating: 0, count: count)
        for point in labels.indices {
            totals[labels[point]] += weights[point]
            for index in 0..<dimension {
                sums[labels[point] * dimension + index] += weights[point] * values[point * dimension + index]
            }
        }
        for index in sums.indices where totals[index / dimension] > 0 { sums[index] /= totals[index / dimension] }
        centres = sums
    }
}
