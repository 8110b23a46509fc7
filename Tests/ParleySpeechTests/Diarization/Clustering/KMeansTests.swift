import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct KMeansTests {
    private func labels(_ values: [Double], _ count: Int, weights: [Double]? = nil) throws -> [Int] {
        try KMeans(clusterCount: count).labels(
            values, dimension: 1, weights: weights ?? values.map { _ in 1 }, cancellation: CancellationFlag())
    }

    @Test func findsClumps() throws {
        let values = [0, 0.1, 5, 5.1, 9, 9.2, 0.05]
        #expect(ClusteringReference.groups(try labels(values, 3)) == [[0, 1, 6], [2, 3], [4, 5]])
        #expect(try labels(values, 3) == labels(values, 3))
    }

    @Test func weightsPullTheCentre() throws {
        // Alone, 4 is as near to 0 as to 8; the heavier side draws the boundary.
        let values = [0.0, 3.9, 8]
        #expect(ClusteringReference.groups(try labels(values, 2, weights: [1, 1, 1])) == [[0, 1], [2]])
        #expect(ClusteringReference.groups(try labels(values, 2, weights: [100, 1, 0.01])) == [[0], [1, 2]])
    }

    @Test(arguments: 1...5) func everyClusterHasAPoint(_ count: Int) throws {
        #expect(Set(try labels([1, 1, 1, 1, 1], count)).count == count)
        #expect(Set(try labels([1, 1, 1, 1, 2], count)).count == count)
    }
}
