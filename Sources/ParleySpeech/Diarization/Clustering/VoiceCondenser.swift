import ParleyCore

/// Joins voices of a stretch of a recording that are clearly the same, so that a clustering over a long recording has
/// few enough points.
///
/// A part of a few minutes is joined by average linkage until few enough points are left or the distance says that the
/// rest are strangers. What is then too much, odd voices that resemble nothing, goes to whatever is nearest.
struct VoiceCondenser: Sendable {
    /// Cosine distance up to which voices may be one person's.
    let threshold: Float

    /// Voices in a part: 25 minutes of conversation or so, and 4 MB of distances.
    private static let partCount = 1_000
    /// Points left of a part at least: several for each of a dozen people.
    private static let leastPointCount = 40

    /// Points in the order of their first voices.
    /// - Parameters:
    ///   - voices: In order of time.
    ///   - dimension: Values of each vector.
    ///   - largestCount: Points allowed; at most so many voices are left as they are.
    /// - Throws: `CancellationError`.
    func condense(
        _ voices: [LocalSpeaker], dimension: Int, to largestCount: Int, cancellation: CancellationFlag
    ) throws -> VoicePoints {
        guard voices.count > largestCount else { return VoicePoints(voices, dimension: dimension) }
        var points = try fewer(voices.count, largestCount, dimension, cancellation) {
            VoicePoints(voices[$0], dimension: dimension)
        }
        // Parts of a very long recording leave too many points; those are condensed again.
        while points.count > largestCount {
            let all = points
            points = try fewer(all.count, largestCount, dimension, cancellation) { all.part($0) }
        }
        return points
    }

    private func fewer(
        _ count: Int, _ largestCount: Int, _ dimension: Int, _ cancellation: CancellationFlag,
        part: (Range<Int>) -> VoicePoints
    ) throws -> VoicePoints {
        let quota = quota(count, largestCount)
        var points = VoicePoints(dimension: dimension)
        for start in stride(from: 0, to: count, by: Self.partCount) {
            let range = start..<min(start + Self.partCount, count)
            points.append(contentsOf: try joined(part(range), to: quota, cancellation: cancellation))
        }
        return points
    }

    private func quota(_ count: Int, _ largestCount: Int) -> Int {
        let partCount = (count + Self.partCount - 1) / Self.partCount
        return partCount == 1 ? largestCount : max(Self.leastPointCount, largestCount / partCount)
    }

    private func joined(_ part: VoicePoints, to quota: Int, cancellation: CancellationFlag) throws -> VoicePoints {
        guard part.count > quota else { return part }
        let tree = try LinkageTree(part, linkage: .average, cancellation: cancellation)
        let mergeCount = min(part.count - quota, tree.mergeCount(maximumHeight: threshold))
        var clusters = tree.clusters(afterMerges: mergeCount)
        if clusters.count > quota { clusters = absorbSmallest(clusters, of: part, keeping: quota) }
        var points = VoicePoints(dimension: part.dimension)
        for cluster in clusters { points.append(cluster, of: part) }
        return points
    }

    private func absorbSmallest(_ clusters: [[Int]], of part: VoicePoints, keeping quota: Int) -> [[Int]] {
        func weight(_ cluster: [Int]) -> Float { cluster.reduce(0) { $0 + part.weights[$1] } }
        let weights = clusters.map(weight)
        let order = clusters.indices.sorted { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
        var kept = order.prefix(quota).map { clusters[$0] }
        let centres = kept.map(part.meanDirection)
        for index in order.dropFirst(quota) {
            let direction = part.meanDirection(clusters[index])
            let scores = centres.map { Vector.dot($0, direction) }
            kept[scores.indices.max { scores[$0] < scores[$1] } ?? 0] += clusters[index]
        }
        return kept.map { $0.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }
}
