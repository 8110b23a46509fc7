import ParleyCore

/// Centroid linkage on the Euclidean distance of unit vectors: the nearest two of all clusters are joined each time,
/// found through each cluster's nearest neighbour (the generic algorithm of Müllner 2011).
enum CentroidLinkage {
    /// Joins in order; a height can be below that of the join before.
    /// - Throws: `CancellationError`.
    static func merges(
        _ cosines: PairwiseMatrix, weights: [Float], cancellation: CancellationFlag
    ) throws -> [LinkageTree.Merge] {
        let count = cosines.count
        var squares = cosines.values
        var sizes = weights
        var merges: [LinkageTree.Merge] = []
        try squares.withUnsafeMutableBufferPointer { squares in
            guard let squares = squares.baseAddress else { return }
            for index in 0..<count * count { squares[index] = max(0, 2 - 2 * squares[index]) }
            for point in 0..<count { squares[point * count + point] = .infinity }
            var neighbours = Neighbours(squares, count: count)
            while merges.count + 1 < count, let (a, b, square) = neighbours.nearestPair(squares) {
                if merges.count % 64 == 0 { try cancellation.check() }
                let (keep, drop) = (min(a, b), max(a, b))
                merges.append(LinkageTree.Merge(a: keep, b: drop, height: max(0, square).squareRoot()))
                join(squares, count: count, keep, drop, sizes: (sizes[keep], sizes[drop]), square: square)
                neighbours.joined(squares, keep, drop)
                sizes[keep] += sizes[drop]
            }
        }
        return merges
    }

    /// Puts the squared distances from the common mean into the first row and makes the second infinitely far
    /// (Lance & Williams 1967).
    private static func join(
        _ squares: UnsafeMutablePointer<Float>, count: Int, _ keep: Int, _ drop: Int, sizes: (Float, Float),
        square: Float
    ) {
        let (shareOfKeep, shareOfDrop) = (sizes.0 / (sizes.0 + sizes.1), sizes.1 / (sizes.0 + sizes.1))
        let between = shareOfKeep * shareOfDrop * square
        let (kept, dropped) = (squares + keep * count, squares + drop * count)
        for other in 0..<count where other != keep && other != drop && dropped[other] < .infinity {
            let value = max(0, kept[other] * shareOfKeep + dropped[other] * shareOfDrop - between)
            kept[other] = value
            squares[other * count + keep] = value
            squares[other * count + drop] = .infinity
        }
        kept[drop] = .infinity
        for other in 0..<count { dropped[other] = .infinity }
    }

    /// Each cluster's nearest neighbour, found again only when it is asked for.
    private struct Neighbours {
        private let count: Int
        private var nearest: [Int]
        /// At most the distance to the nearest; infinite for clusters that are part of another.
        private var bounds: [Float]
        /// Whether the bound may be below the distance to the nearest.
        private var isStale: [Bool]

        init(_ squares: UnsafeMutablePointer<Float>, count: Int) {
            self.count = count
            nearest = Array(repeating: 0, count: count)
            bounds = Array(repeating: .infinity, count: count)
            isStale = Array(repeating: false, count: count)
            for point in 0..<count { find(squares, point) }
        }

        private mutating func find(_ squares: UnsafeMutablePointer<Float>, _ point: Int) {
            let found = Vector.smallest(squares + point * count, count: count)
            nearest[point] = found?.index ?? point
            bounds[point] = found?.value ?? .infinity
            isStale[point] = false
        }

        mutating func nearestPair(_ squares: UnsafeMutablePointer<Float>) -> (Int, Int, Float)? {
            while let (point, bound) = bounds.withUnsafeBufferPointer({ bounds in
                bounds.baseAddress.flatMap { Vector.smallest($0, count: count) }
            }) {
                guard isStale[point] else { return (point, nearest[point], bound) }
                find(squares, point)
            }
            return nil
        }

        mutating func joined(_ squares: UnsafeMutablePointer<Float>, _ keep: Int, _ drop: Int) {
            bounds[drop] = .infinity
            isStale[drop] = false
            find(squares, keep)
            for other in 0..<count where bounds[other] < .infinity && other != keep {
                let square = squares[other * count + keep]
                if square <= bounds[other] {
                    nearest[other] = keep
                    bounds[other] = square
                    isStale[other] = false
                } else if nearest[other] == drop || nearest[other] == keep {
                    isStale[other] = true
                }
            }
        }
    }
}
