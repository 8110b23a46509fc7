import ParleyCore

/// Average linkage on cosine distance by the nearest-neighbour chain (Murtagh 1983): O(n²) time.
enum AverageLinkage {
    /// Joins in the order in which the chain finds them; sorted by height they make the dendrogram.
    /// - Parameters:
    ///   - cosines: Of all pairs.
    ///   - weights: How many voices each point stands for.
    ///   - windows: Points of one window are held apart.
    /// - Throws: `CancellationError`.
    static func merges(
        _ cosines: PairwiseMatrix, weights: [Float], windows: [Int?], cancellation: CancellationFlag
    ) throws -> [LinkageTree.Merge] {
        let count = cosines.count
        var distances = cosines.values
        separate(&distances, windows: windows)
        var sizes = weights
        var merges: [LinkageTree.Merge] = []
        var chain: [Int] = []
        var isAlive = [Bool](repeating: true, count: count)
        try distances.withUnsafeMutableBufferPointer { distances in
            guard let distances = distances.baseAddress else { return }
            while merges.count + 1 < count {
                if chain.isEmpty, let first = isAlive.firstIndex(of: true) { chain = [first] }
                guard let tip = chain.last, var nearest = Vector.smallest(distances + tip * count, count: count) else {
                    break
                }
                // Among equals the one before in the chain, or the chain might run in circles.
                let previous = chain.count > 1 ? chain[chain.count - 2] : nil
                if let previous, distances[tip * count + previous] <= nearest.value { nearest.index = previous }
                guard nearest.index == previous else {
                    chain.append(nearest.index)
                    continue
                }
                if merges.count % 64 == 0 { try cancellation.check() }
                chain.removeLast(2)
                let (keep, drop) = (min(tip, nearest.index), max(tip, nearest.index))
                merges.append(LinkageTree.Merge(a: keep, b: drop, height: nearest.value))
                average(distances, count: count, keep, drop, sizes: (sizes[keep], sizes[drop]))
                sizes[keep] += sizes[drop]
                isAlive[drop] = false
            }
        }
        return merges
    }

    /// Turns cosines into distances; those of a point to itself are infinite.
    private static func separate(_ values: inout [Float], windows: [Int?]) {
        let count = windows.count
        values.withUnsafeMutableBufferPointer { values in
            for index in values.indices { values[index] = max(0, 1 - values[index]) }
            for point in 0..<count { values[point * count + point] = .infinity }
        }
        let members = Dictionary(grouping: windows.indices.filter { windows[$0] != nil }, by: { windows[$0] })
        for group in members.values where group.count > 1 {
            for a in group { for b in group where a != b { values[a * count + b] = LinkageTree.cannotLink } }
        }
    }

    /// Puts the average of two rows into the first and makes the second infinitely far (Lance & Williams 1967).
    private static func average(
        _ distances: UnsafeMutablePointer<Float>, count: Int, _ keep: Int, _ drop: Int, sizes: (Float, Float)
    ) {
        let (shareOfKeep, shareOfDrop) = (sizes.0 / (sizes.0 + sizes.1), sizes.1 / (sizes.0 + sizes.1))
        let (kept, dropped) = (distances + keep * count, distances + drop * count)
        for other in 0..<count where other != keep && other != drop && dropped[other] < .infinity {
            let distance = kept[other] * shareOfKeep + dropped[other] * shareOfDrop
            kept[other] = distance
            distances[other * count + keep] = distance
            distances[other * count + drop] = .infinity
        }
        kept[drop] = .infinity
    }
}
