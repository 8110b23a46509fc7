import ParleyCore

/// How many neighbours a graph of voices should have, and how many people it then shows.
///
/// The normalised maximum eigengap (NME) of Park et al., "Auto-tuning spectral clustering for speaker diarization using
/// normalized maximum eigengap", 2019.
struct EigengapSearch: Sendable {
    /// Neighbours at most, as a share of the points.
    var largestNeighbourShare = 0.25
    /// Numbers of neighbours that are tried at most.
    var largestTrialCount = 30

    /// What a number of neighbours shows.
    struct Trial: Sendable, Hashable {
        /// Links of each point, itself included (p).
        let neighbourCount: Int
        /// How many people the largest gap between eigenvalues shows.
        let personCount: Int
        /// Neighbours over the size of the gap (g_p): the best has the smallest.
        let ratio: Double
    }

    /// Keeps divisions by zero away.
    private static let epsilon = 1e-10

    /// Tries numbers of neighbours.
    ///
    /// A graph in several pieces says nothing of how they belong together: where the best is one, the fewest neighbours
    /// that make one piece are taken.
    /// - Parameters:
    ///   - graph: At least two points.
    ///   - personCounts: How many people there may be; at most as many as points.
    /// - Throws: `CancellationError`.
    func best(
        _ graph: NeighbourGraph, personCounts: ClosedRange<Int>, cancellation: CancellationFlag
    ) throws -> Trial {
        let trials = try neighbourCounts(graph.count).map {
            try trial(graph, $0, personCounts, cancellation)
        }
        // There is always one neighbour to try.
        let best = trials.min { $0.ratio < $1.ratio } ?? Trial(neighbourCount: 1, personCount: 1, ratio: 0)
        if graph.isConnected(neighbourCount: best.neighbourCount) { return best }
        return trials.first { graph.isConnected(neighbourCount: $0.neighbourCount) } ?? best
    }

    /// The numbers that are tried: evenly spaced from 1 on, ascending.
    func neighbourCounts(_ pointCount: Int) -> [Int] {
        let largest = max(2, Int(Double(pointCount) * largestNeighbourShare))
        let count = min(largest, largestTrialCount)
        var counts: [Int] = []
        for index in 0..<count {
            let number = 1 + (largest - 1) * index / max(1, count - 1)
            if counts.last != number { counts.append(number) }
        }
        return counts
    }

    private func trial(
        _ graph: NeighbourGraph, _ neighbourCount: Int, _ personCounts: ClosedRange<Int>,
        _ cancellation: CancellationFlag
    ) throws -> Trial {
        let values = try SymmetricEigensolver(
            graph.laplacian(neighbourCount: neighbourCount), count: graph.count, cancellation: cancellation
        ).eigenvalues().map(abs).sorted()
        func gap(_ personCount: Int) -> Double {
            personCount < values.count ? values[personCount] - values[personCount - 1] : 0
        }
        // Of equal gaps the first: the fewest people.
        var people = personCounts.lowerBound
        for number in personCounts where gap(number) > gap(people) { people = number }
        let size = gap(people) / ((values.last ?? 0) + Self.epsilon)
        let share = Double(neighbourCount) / Double(graph.count)
        return Trial(neighbourCount: neighbourCount, personCount: people, ratio: share / (size + Self.epsilon))
    }
}
