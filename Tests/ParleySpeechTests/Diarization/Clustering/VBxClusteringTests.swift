import Foundation
import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct VBxClusteringTests {
    private func plda(_ largestDimension: Int) throws -> PLDA {
        try PLDA(
            transform: ClusteringReference.file("xvec_transform.npz"), plda: ClusteringReference.file("plda.npz"),
            largestDimension: largestDimension)
    }

    @Test(arguments: 0..<3) func featuresAreThoseOfTheEquations(_ index: Int) throws {
        let reference = try ClusteringReference.read().vbx[index]
        let plda = try plda(reference.largestDimension)
        #expect(largestDifference(plda.betweenVariances, reference.variances) < 1e-9)
        let features = stride(from: 0, to: reference.vectors.count, by: plda.inputDimension).flatMap {
            plda.feature(reference.vectors[$0..<$0 + plda.inputDimension])
        }
        // The signs of axes are arbitrary; they are the same for all voices.
        for axis in 0..<plda.dimension {
            let places = stride(from: axis, to: features.count, by: plda.dimension)
            let (found, expected) = (places.map { features[$0] }, places.map { reference.features[$0] })
            #expect(
                min(largestDifference(found, expected), largestDifference(found.map { -$0 }, expected)) < 1e-6)
        }
    }

    @Test(arguments: 0..<3) func theMixtureIsThatOfTheEquations(_ index: Int) throws {
        let reference = try ClusteringReference.read().vbx[index]
        let fit = try VariationalMixture().fit(
            reference.features, variances: reference.variances, weights: reference.weights, start: reference.start,
            cancellation: CancellationFlag())
        #expect(fit.roundCount == reference.rounds)
        #expect(largestDifference(fit.responsibilities, reference.responsibilities) < 1e-6)
        #expect(largestDifference(fit.priors, reference.priors) < 1e-6)
    }

    @Test(arguments: 0..<2) func peopleAreThoseOfTheEquations(_ index: Int) throws {
        let reference = try ClusteringReference.read().vbx[index]
        let plda = try plda(reference.largestDimension)
        let points = ClusteringReference.points(reference.vectors, dimension: plda.inputDimension)
        let tree = try LinkageTree(points, linkage: .centroid, cancellation: CancellationFlag())
        #expect(
            tree.clusters(afterMerges: tree.mergeCount(maximumHeight: reference.threshold))
                == ClusteringReference.groups(reference.start))
        let people = try VBxClustering(plda: plda, startThreshold: reference.threshold).people(
            among: points, bounds: PersonBounds(.automatic(), voiceCount: points.count),
            cancellation: CancellationFlag())
        // The order of people depends on the numbers of the start's clusters.
        let expected = stride(from: 0, to: reference.centroids.count, by: plda.inputDimension).map {
            Array(reference.centroids[$0..<$0 + plda.inputDimension])
        }
        #expect(people.count == expected.count)
        for person in people {
            #expect(
                expected.contains { centroid in zip(centroid, person.direction).allSatisfy { abs($0 - $1) < 1e-6 } })
        }
    }

    @Test func aWeightIsAsManyEqualVoices() throws {
        let reference = try ClusteringReference.read().vbx[2]
        let dimension = reference.variances.count
        var (features, start) = ([Double](), [Int]())
        for (voice, weight) in reference.weights.enumerated() {
            for _ in 0..<Int(weight) {
                features += reference.features[voice * dimension..<(voice + 1) * dimension]
                start.append(reference.start[voice])
            }
        }
        let fit = try VariationalMixture().fit(
            features, variances: reference.variances, weights: Array(repeating: 1, count: start.count), start: start,
            cancellation: CancellationFlag())
        #expect(largestDifference(fit.priors, reference.priors) < 1e-9)
    }

    @Test func filesOfAnotherKindAreNamed() throws {
        let (transform, plda) = (ClusteringReference.file("xvec_transform.npz"), ClusteringReference.file("plda.npz"))
        func failure(_ transform: URL, _ plda: URL) -> InferenceError? {
            do {
                _ = try PLDA(transform: transform, plda: plda)
                return nil
            } catch { return error }
        }
        #expect(failure(transform, plda) == nil)
        #expect(failure(plda, transform)?.code == .modelForeign)
        #expect(failure(plda, transform)?.message.contains("plda.npz") == true)
        #expect(failure(ClusteringReference.file("none.npz"), plda)?.code == .modelMissing)
        #expect(failure(ClusteringReference.file("none.npz"), plda)?.message.contains("none.npz") == true)
        #expect(failure(ClusteringReference.file("reference.json"), plda)?.code == .modelCorrupt)
    }
}
