import ParleyCore

/// How far apart two clusters are.
enum Linkage: Sendable {
    /// The mean cosine distance, 0...2, of their points (UPGMA; Sokal & Michener 1958). Points of one window are kept
    /// at ``LinkageTree/cannotLink``.
    case average
    /// The Euclidean distance, 0...2, of the means of their directions (UPGMC; Sokal & Michener 1958).
    case centroid
}

/// A dendrogram: clusters joined two at a time, the nearest first.
///
/// With centroid linkage a join can be nearer than the one before it (an inversion). A join then has the height of the
/// highest below it, so that cutting at a height gives what SciPy's `fcluster` gives by `distance`.
struct LinkageTree: Sendable {
    /// Two clusters that become one; `a` and `b` are members.
    struct Merge: Sendable, Hashable {
        let a: Int
        let b: Int
        let height: Float
    }

    /// Cosine distance at which average linkage holds points that can't be one person's.
    static let cannotLink: Float = 1

    let pointCount: Int
    /// In order of height.
    let merges: [Merge]

    /// O(n²) time for usual points, and n² values of memory.
    /// - Throws: `CancellationError`.
    init(_ points: VoicePoints, linkage: Linkage, cancellation: CancellationFlag) throws {
        pointCount = points.count
        let cosines = try PairwiseMatrix.cosines(of: points, cancellation: cancellation)
        switch linkage {
        case .average:
            let found = try AverageLinkage.merges(
                cosines, weights: points.weights, windows: points.windows, cancellation: cancellation)
            // Stable: joins of equal height keep their order.
            merges = found.enumerated().sorted { ($0.element.height, $0.offset) < ($1.element.height, $1.offset) }
                .map(\.element)
        case .centroid:
            var highest: Float = 0
            merges = try CentroidLinkage.merges(cosines, weights: points.weights, cancellation: cancellation).map {
                highest = max(highest, $0.height)
                return Merge(a: $0.a, b: $0.b, height: highest)
            }
        }
    }

    /// How many joins are no higher than this.
    func mergeCount(maximumHeight: Float) -> Int {
        merges.firstIndex { $0.height > maximumHeight } ?? merges.count
    }

    /// The clusters after the first joins, in order of their first members, members ascending.
    func clusters(afterMerges count: Int) -> [[Int]] {
        var forest = DisjointSets(count: pointCount)
        for merge in merges.prefix(count) { forest.join(merge.a, merge.b) }
        return forest.groups()
    }
}

/// Sets that are joined two at a time (Tarjan 1975).
struct DisjointSets: Sendable {
    private var parent: [Int]

    init(count: Int) { parent = Array(0..<count) }

    /// The set of an element, named by its least element.
    mutating func root(_ element: Int) -> Int {
        var element = element
        while parent[element] != element {
            parent[element] = parent[parent[element]]
            element = parent[element]
        }
        return element
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(a), root(b))
        parent[max(a, b)] = min(a, b)
    }

    /// The sets in order of their least elements, elements ascending.
    mutating func groups() -> [[Int]] {
        var place = [Int](repeating: -1, count: parent.count)
        var groups: [[Int]] = []
        for element in parent.indices {
            let root = root(element)
            if place[root] < 0 {
                place[root] = groups.count
                groups.append([])
            }
            groups[place[root]].append(element)
        }
        return groups
    }
}
