import ParleyCore

/// Spectral clustering that finds its own parameters (NME-SC, see ``EigengapSearch``), with the constants that NeMo has.
///
/// Long recordings are condensed to as many points as are decomposed in a moment; NeMo leaves voices out of the search
/// instead.
struct SpectralClustering: PointClustering {
    /// Average linkage: for too few points to make a graph of, and for what is too near to be different people.
    let fallback: LinkageClustering
    /// People that are found unless more are asked for.
    ///
    /// 3D-Speaker's pipeline has 15; with NeMo's 8, twelve people were taken for one.
    var largestPersonCount = 15
    var search = EigengapSearch()

    /// Graphs with fewer points show nothing.
    private static let leastPointCount = 6

    /// Eigenvalues of 30 matrices of this size take some seconds.
    let largestPointCount = 512

    /// See ``PointClustering``.
    func people(among points: VoicePoints, bounds: PersonBounds, cancellation: CancellationFlag) throws -> [Person] {
        let cosines = try PairwiseMatrix.cosines(of: points, cancellation: cancellation)
        guard points.count >= Self.leastPointCount else {
            return try fallback.people(among: points, bounds: bounds, cancellation: cancellation)
        }
        let graph = NeighbourGraph(cosines, windows: points.windows)
        let trial = try search.best(graph, personCounts: personCounts(bounds, points), cancellation: cancellation)
        let embedding = try spectralEmbedding(graph, trial, cancellation)
        let labels = try KMeans(clusterCount: trial.personCount).labels(
            embedding, dimension: trial.personCount, weights: Array(repeating: 1, count: points.count),
            cancellation: cancellation)
        let clusters = Dictionary(grouping: labels.indices, by: { labels[$0] }).values
            .sorted { ($0.first ?? 0) < ($1.first ?? 0) }
        return joined(clusters, cosines, leaving: bounds.minimum).map {
            Person(members: $0, direction: points.meanDirection($0))
        }
    }

    /// Joins clusters that are too near to be different people, the nearest first.
    ///
    /// Gaps between eigenvalues know no scale: they divide a single voice too. (3D-Speaker's pipeline joins as well.)
    private func joined(_ clusters: [[Int]], _ cosines: PairwiseMatrix, leaving least: Int) -> [[Int]] {
        var clusters = clusters
        func distance(_ a: Int, _ b: Int) -> Float {
            let sum = clusters[a].reduce(Float(0)) { sum, point in
                clusters[b].reduce(sum) { $0 + 1 - cosines[point, $1] }
            }
            return sum / Float(clusters[a].count * clusters[b].count)
        }
        while clusters.count > least {
            let pairs = clusters.indices.flatMap { b in (0..<b).map { (a: $0, b: b, distance: distance($0, b)) } }
            guard let nearest = pairs.min(by: { $0.distance < $1.distance }), nearest.distance <= fallback.threshold
            else { break }
            clusters[nearest.a] = (clusters[nearest.a] + clusters[nearest.b]).sorted()
            clusters.remove(at: nearest.b)
        }
        return clusters
    }

    private func personCounts(_ bounds: PersonBounds, _ points: VoicePoints) -> ClosedRange<Int> {
        let isLimited = bounds.maximum < points.count
        let most = isLimited ? bounds.maximum : min(bounds.maximum, largestPersonCount)
        return bounds.minimum...max(bounds.minimum, most)
    }

    /// For each point its place in each of the smoothest vectors on the graph, flat `[point][vector]`.
    private func spectralEmbedding(
        _ graph: NeighbourGraph, _ trial: EigengapSearch.Trial, _ cancellation: CancellationFlag
    ) throws -> [Double] {
        let vectors = try SymmetricEigensolver(
            graph.laplacian(neighbourCount: trial.neighbourCount), count: graph.count, cancellation: cancellation
        ).eigenvectors(ofSmallest: trial.personCount)
        return (0..<graph.count).flatMap { point in
            (0..<trial.personCount).map { vectors[$0 * graph.count + point] }
        }
    }
}
