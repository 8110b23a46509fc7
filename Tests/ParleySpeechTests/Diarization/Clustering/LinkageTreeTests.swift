import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct LinkageTreeTests {
    @Test(arguments: 0..<5) func centroidLinkageCutsAsSciPyDoes(_ index: Int) throws {
        let reference = try ClusteringReference.read().centroid[index]
        let points = ClusteringReference.points(reference.vectors, dimension: reference.dimension)
        let tree = try LinkageTree(points, linkage: .centroid, cancellation: CancellationFlag())
        let clusters = tree.clusters(afterMerges: tree.mergeCount(maximumHeight: reference.threshold))
        #expect(clusters == ClusteringReference.groups(reference.labels))
        // Heights after an inversion are those of the highest join below.
        var highest: Float = 0
        for (merge, height) in zip(tree.merges, reference.heights) {
            highest = max(highest, height)
            #expect(abs(merge.height - highest) < 1e-3)
        }
        #expect(tree.merges.count == reference.heights.count)
    }

    @Test func theReferenceHasInversions() throws {
        #expect(try ClusteringReference.read().centroid.contains { $0.inversions > 0 })
    }

    @Test(arguments: [Linkage.average, .centroid]) func aPointCountsAsManyTimesAsItWeighs(_ linkage: Linkage) throws {
        let flag = CancellationFlag()
        // Two points near each other, one of them three times, and one farther off.
        let angles: [Float] = [0, 0.2, 0.2, 0.2, 0.7]
        let voices = angles.enumerated().map { window, angle in
            LocalSpeaker(window: window, index: 0, speechSeconds: 1, embedding: [1 - angle * angle / 2, angle])
        }
        let all = try LinkageTree(VoicePoints(voices, dimension: 2), linkage: linkage, cancellation: flag)
        var points = VoicePoints(dimension: 2)
        for members in [[0], [1, 2, 3], [4]] { points.append(members, of: VoicePoints(voices, dimension: 2)) }
        let weighted = try LinkageTree(points, linkage: linkage, cancellation: flag)
        for (a, b) in zip(all.merges.suffix(2), weighted.merges) { #expect(abs(a.height - b.height) < 1e-5) }
    }

    @Test(arguments: [Linkage.average, .centroid]) func equalPointsAreJoinedAtNothing(_ linkage: Linkage) throws {
        let points = ClusteringReference.points(Array(repeating: 0.5, count: 4 * 7), dimension: 4)
        let tree = try LinkageTree(points, linkage: linkage, cancellation: CancellationFlag())
        #expect(tree.merges.count == 6)
        #expect(tree.clusters(afterMerges: tree.mergeCount(maximumHeight: 0.01)) == [Array(0..<7)])
        #expect(tree.clusters(afterMerges: 2).count == 5)
    }

    @Test func stopsWhenCancelled() {
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: CancellationError.self) {
            try LinkageTree(
                ClusteringReference.points([1, 0, 0, 1], dimension: 2), linkage: .average, cancellation: flag)
        }
    }
}
