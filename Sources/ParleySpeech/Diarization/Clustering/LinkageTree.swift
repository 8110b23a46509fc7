/// A dendrogram by average linkage on cosine distance (UPGMA; Sokal & Michener 1958), built with the
/// nearest-neighbour chain (Murtagh 1983): O(n²) time and memory.
///
/// Points of one window keep the largest distance, so they are joined last.
struct LinkageTree: Sendable {
    private struct Merge: Sendable {
        let a: Int
        let b: Int
        let distance: Float
    }

    private let pointCount: Int
    /// Joins in order of distance; `a` and `b` are members of the clusters that are joined.
    private let merges: [Merge]

    /// Distance between points that can't be one person.
    private static let cannotLink: Float = 1

    init(_ points: [Voice]) {
        pointCount = points.count
        let matrix = DistanceMatrix(points, cannotLink: Self.cannotLink)
        merges = Self.chain(matrix, weights: points.map(\.weight)).sorted { $0.distance < $1.distance }
    }

    /// Clusters of point indices, joined as long as the distance allows.
    func clusters(maximumDistance: Float) -> [[Int]] {
        cut { merge, _ in merge.distance <= maximumDistance }
    }

    /// A given number of clusters, between 1 and the number of points.
    func clusters(exactly count: Int) -> [[Int]] {
        cut { _, remaining in remaining > max(1, count) }
    }

    private func cut(_ accepts: (Merge, _ clusterCount: Int) -> Bool) -> [[Int]] {
        var parent = Array(0..<pointCount)
        func root(_ point: Int) -> Int {
            var point = point
            while parent[point] != point {
                parent[point] = parent[parent[point]]
                point = parent[point]
            }
            return point
        }
        var remaining = pointCount
        for merge in merges {
            guard accepts(merge, remaining) else { break }
            let (a, b) = (root(merge.a), root(merge.b))
            parent[max(a, b)] = min(a, b)
            remaining -= 1
        }
        var members: [Int: [Int]] = [:]
        for point in 0..<pointCount { members[root(point), default: []].append(point) }
        return members.keys.sorted().compactMap { members[$0] }
    }

    private static func chain(_ matrix: DistanceMatrix, weights: [Float]) -> [Merge] {
        var matrix = matrix
        var isAlive = [Bool](repeating: true, count: matrix.count)
        var sizes = weights
        var merges: [Merge] = []
        var chain: [Int] = []
        while merges.count + 1 < matrix.count {
            if chain.isEmpty, let first = isAlive.firstIndex(of: true) { chain = [first] }
            guard let tip = chain.last else { break }
            let previous = chain.count > 1 ? chain[chain.count - 2] : nil
            guard let nearest = matrix.nearest(to: tip, isAlive: isAlive, preferring: previous) else { break }
            guard nearest == previous else {
                chain.append(nearest)
                continue
            }
            chain.removeLast(2)
            let (keep, drop) = (min(tip, nearest), max(tip, nearest))
            merges.append(Merge(a: keep, b: drop, distance: matrix[tip, nearest]))
            matrix.average(keep, drop, sizes: (sizes[keep], sizes[drop]), isAlive: isAlive)
            sizes[keep] += sizes[drop]
            isAlive[drop] = false
        }
        return merges
    }
}

/// Distances between all pairs, symmetric, row-major.
private struct DistanceMatrix: Sendable {
    let count: Int
    private var values: [Float]

    init(_ points: [Voice], cannotLink: Float) {
        count = points.count
        values = [Float](repeating: 0, count: points.count * points.count)
        for a in points.indices {
            for b in 0..<a {
                let distance =
                    points[a].window != nil && points[a].window == points[b].window
                    ? cannotLink : max(0, 1 - Vector.dot(points[a].embedding, points[b].embedding))
                values[a * count + b] = distance
                values[b * count + a] = distance
            }
        }
    }

    subscript(a: Int, b: Int) -> Float { values[a * count + b] }

    /// The living point nearest to another; among equals the preferred one, then the lowest.
    func nearest(to point: Int, isAlive: [Bool], preferring preferred: Int?) -> Int? {
        var best: Int? = preferred
        var bestDistance = preferred.map { values[point * count + $0] } ?? .infinity
        for other in 0..<count where other != point && isAlive[other] && values[point * count + other] < bestDistance {
            best = other
            bestDistance = values[point * count + other]
        }
        return best
    }

    /// Puts the average of two rows into the first (Lance & Williams).
    mutating func average(_ keep: Int, _ drop: Int, sizes: (Float, Float), isAlive: [Bool]) {
        let total = sizes.0 + sizes.1
        for other in 0..<count where isAlive[other] && other != keep && other != drop {
            let distance =
                (values[keep * count + other] * sizes.0 + values[drop * count + other] * sizes.1) / total
            values[keep * count + other] = distance
            values[other * count + keep] = distance
        }
    }
}
