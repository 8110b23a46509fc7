import ParleyCore

/// Agglomerative clustering: the nearest two are joined until the distance says that they are different people.
///
/// Clusters with too little speech are no person (H. Bredin's pipeline does so by number of voices).
struct LinkageClustering: PointClustering {
    /// What distance means.
    let linkage: Linkage
    /// Distance up to which voices are one person's, in the measure of ``linkage``.
    let threshold: Float
    /// A cluster with less speech than this share of all, and less than ``largestIgnoredSeconds``, is not a person.
    var minimumShare: Double = 0.02
    /// Upper bound, in seconds summed over overlapping windows, of what ``minimumShare`` may discard.
    var largestIgnoredSeconds: Double = 20
    /// Lower bound, in the same seconds, of what makes a person.
    var smallestPersonSeconds: Double = 2

    /// About 70 minutes of conversation, 64 MB of distances and a second.
    var largestPointCount = 4_000

    /// See ``PointClustering``.
    ///
    /// A number that was not found is looked for in the same dendrogram, as near to the threshold as possible; where
    /// no height gives so many people, clusters with little speech count too.
    func people(among points: VoicePoints, bounds: PersonBounds, cancellation: CancellationFlag) throws -> [Person] {
        let tree = try LinkageTree(points, linkage: linkage, cancellation: cancellation)
        let mergeCount = tree.mergeCount(maximumHeight: threshold)
        let counts = personCounts(tree, points)
        let wanted = bounds.clamp(counts[mergeCount])
        let candidates = counts.indices.filter { counts[$0] == wanted }
        if let best = candidates.min(by: { abs($0 - mergeCount) < abs($1 - mergeCount) }) {
            return people(tree.clusters(afterMerges: best), points)
        }
        return tree.clusters(afterMerges: points.count - wanted)
            .map { Person(members: $0, direction: points.meanDirection($0)) }
    }

    /// How many people there are after each number of joins.
    private func personCounts(_ tree: LinkageTree, _ points: VoicePoints) -> [Int] {
        let limit = personSeconds(points)
        var forest = DisjointSets(count: points.count)
        var seconds = points.seconds.map(Double.init)
        var count = seconds.count { $0 >= limit }
        var counts = [max(1, count)]
        for merge in tree.merges {
            let (a, b) = (forest.root(merge.a), forest.root(merge.b))
            forest.join(a, b)
            let sum = seconds[a] + seconds[b]
            count += (sum >= limit ? 1 : 0) - (seconds[a] >= limit ? 1 : 0) - (seconds[b] >= limit ? 1 : 0)
            seconds[min(a, b)] = sum
            counts.append(max(1, count))
        }
        return counts
    }

    private func people(_ clusters: [[Int]], _ points: VoicePoints) -> [Person] {
        func seconds(_ cluster: [Int]) -> Double { cluster.reduce(0) { $0 + Double(points.seconds[$1]) } }
        let limit = personSeconds(points)
        var large = clusters.filter { seconds($0) >= limit }
        if large.isEmpty, let longest = clusters.max(by: { seconds($0) < seconds($1) }) { large = [longest] }
        return large.map { Person(members: $0, direction: points.meanDirection($0)) }
    }

    /// Sums are taken in double precision, in which they don't depend on the order.
    private func personSeconds(_ points: VoicePoints) -> Double {
        let all = points.seconds.reduce(0) { $0 + Double($1) }
        return max(smallestPersonSeconds, min(largestIgnoredSeconds, minimumShare * all))
    }
}
