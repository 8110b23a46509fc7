import ParleyCore

/// For each point all points, the most alike first; graphs of a few neighbours each are taken from it.
struct NeighbourGraph: Sendable {
    let count: Int
    /// Flat `[point][rank]`; a point itself comes first.
    private let ranking: [Int32]

    /// - Parameters:
    ///   - cosines: Of all pairs. Their scale does not matter, only their order.
    ///   - windows: Points of one window come last with each other.
    init(_ cosines: PairwiseMatrix, windows: [Int?]) {
        let count = cosines.count
        self.count = count
        var ranking: [Int32] = []
        ranking.reserveCapacity(count * count)
        for point in 0..<count {
            var likeness = Array(cosines.values[point * count..<(point + 1) * count])
            if let window = windows[point] {
                for other in 0..<count where windows[other] == window { likeness[other] = -2 }
            }
            likeness[point] = 2
            let order = (0..<Int32(count)).sorted { a, b in
                (likeness[Int(a)], b) > (likeness[Int(b)], a)
            }
            ranking += order
        }
        self.ranking = ranking
    }

    /// The unnormalised Laplacian of the graph in which each point is linked with those most like it; a link that only
    /// one end wants has half the weight.
    /// - Parameter neighbourCount: Links of each point, itself included.
    /// - Returns: Row-major.
    func laplacian(neighbourCount: Int) -> [Double] {
        var matrix = [Double](repeating: 0, count: count * count)
        for point in 0..<count {
            for rank in 1..<max(1, min(neighbourCount, count)) {
                let other = Int(ranking[point * count + rank])
                matrix[point * count + other] -= 0.5
                matrix[other * count + point] -= 0.5
                matrix[point * count + point] += 0.5
                matrix[other * count + other] += 0.5
            }
        }
        return matrix
    }

    /// Whether there is a way between any two points.
    func isConnected(neighbourCount: Int) -> Bool {
        var sets = DisjointSets(count: count)
        for point in 0..<count {
            for rank in 1..<max(1, min(neighbourCount, count)) {
                sets.join(point, Int(ranking[point * count + rank]))
            }
        }
        return (0..<count).allSatisfy { sets.root($0) == 0 }
    }
}
