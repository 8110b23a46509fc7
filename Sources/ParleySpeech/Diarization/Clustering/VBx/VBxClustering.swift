import ParleyCore

/// Bayesian clustering in PLDA space: starts from a fine agglomerative clustering and lets people without evidence go.
///
/// After Landini et al. 2022, with the constants that pyannote's pipeline "community-1" has. A number that was asked
/// for and not found is made by k-means.
struct VBxClustering: PointClustering {
    let plda: PLDA
    /// Euclidean distance of unit vectors up to which the start joins voices by centroid linkage.
    var startThreshold: Float = 0.6
    var mixture = VariationalMixture()
    /// A person with a smaller share of the voices does not exist.
    var leastPrior = 1e-7

    /// About 35 minutes of conversation; time grows with points times clusters at the start.
    let largestPointCount = 2_000

    /// See ``PointClustering``.
    func people(among points: VoicePoints, bounds: PersonBounds, cancellation: CancellationFlag) throws -> [Person] {
        let tree = try LinkageTree(points, linkage: .centroid, cancellation: cancellation)
        let clusters = tree.clusters(afterMerges: tree.mergeCount(maximumHeight: startThreshold))
        var start = [Int](repeating: 0, count: points.count)
        for (cluster, members) in clusters.enumerated() { for member in members { start[member] = cluster } }
        let features = (0..<points.count).flatMap { point in
            plda.feature(points.embeddings[point * points.dimension..<(point + 1) * points.dimension])
        }
        let fit = try mixture.fit(
            features, variances: plda.betweenVariances, weights: points.weights.map(Double.init), start: start,
            cancellation: cancellation)
        let kept = fit.priors.indices.filter { fit.priors[$0] > leastPrior }
        let found = people(fit, kept, points)
        let wanted = bounds.clamp(found.count)
        return wanted == found.count ? found : try divided(points, wanted, cancellation)
    }

    private func people(_ fit: VariationalMixture.Fit, _ kept: [Int], _ points: VoicePoints) -> [Person] {
        let personCount = fit.priors.count
        var people = kept.map { _ in Person(members: [], direction: []) }
        for point in 0..<points.count {
            let row = kept.map { fit.responsibilities[point * personCount + $0] }
            if let likeliest = row.indices.max(by: { row[$0] < row[$1] }) { people[likeliest].members.append(point) }
        }
        for (index, person) in kept.enumerated() {
            people[index].direction = direction(points) {
                fit.responsibilities[$0 * personCount + person] * Double(points.weights[$0])
            }
        }
        // Somebody who is no voice's likeliest person is never heard.
        return people.filter { !$0.members.isEmpty }
    }

    private func divided(_ points: VoicePoints, _ count: Int, _ cancellation: CancellationFlag) throws -> [Person] {
        let labels = try KMeans(clusterCount: count).labels(
            points.directions.map(Double.init), dimension: points.dimension, weights: points.weights.map(Double.init),
            cancellation: cancellation)
        return Dictionary(grouping: labels.indices, by: { labels[$0] }).sorted { $0.key < $1.key }.map { _, members in
            Person(
                members: members,
                direction: direction(points, among: members) { Double(points.weights[$0]) })
        }
    }

    /// The direction of a weighted mean of vectors as the encoder gives them.
    private func direction(
        _ points: VoicePoints, among members: [Int]? = nil, weight: (Int) -> Double
    ) -> [Float] {
        var sum = [Double](repeating: 0, count: points.dimension)
        for point in members ?? Array(0..<points.count) {
            let weight = weight(point)
            guard weight > 1e-18 else { continue }
            for index in 0..<points.dimension {
                sum[index] += weight * Double(points.embeddings[point * points.dimension + index])
            }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return sum.map { Float(length > 0 ? $0 / length : 0) }
    }
}
