import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct SpectralClusteringTests {
    private func graph(_ reference: ClusteringReference.Spectral) throws -> (VoicePoints, NeighbourGraph) {
        let points = ClusteringReference.points(reference.vectors, dimension: reference.dimension)
        let cosines = try PairwiseMatrix.cosines(of: points, cancellation: CancellationFlag())
        return (points, NeighbourGraph(cosines, windows: points.windows))
    }

    @Test(arguments: 0..<3) func theSearchIsThatOfTheEquations(_ index: Int) throws {
        let reference = try ClusteringReference.read().spectral[index]
        let (points, graph) = try graph(reference)
        let search = EigengapSearch()
        #expect(search.neighbourCounts(points.count) == reference.neighbours)
        let best = try search.best(graph, personCounts: 1...8, cancellation: CancellationFlag())
        #expect(best.neighbourCount == reference.bestNeighbours)
        #expect(best.personCount == reference.people)
        let place = reference.neighbours.firstIndex(of: best.neighbourCount)
        #expect(abs(best.ratio - reference.ratios[place ?? 0]) < 1e-6)
    }

    @Test(arguments: 0..<3) func eigenvaluesAndVectorsAreNumPys(_ index: Int) throws {
        let reference = try ClusteringReference.read().spectral[index]
        let (points, graph) = try graph(reference)
        let solver = try SymmetricEigensolver(
            graph.laplacian(neighbourCount: reference.bestNeighbours), count: points.count,
            cancellation: CancellationFlag())
        #expect(largestDifference(solver.eigenvalues().map(abs).sorted(), reference.eigenvalues) < 1e-6)
        let vectors = solver.eigenvectors(ofSmallest: reference.people)
        // The projection on the vectors' space does not depend on their signs and rotation.
        let projection = (0..<points.count).map { point in
            (0..<reference.people).reduce(0) {
                $0 + vectors[$1 * points.count] * vectors[$1 * points.count + point]
            }
        }
        #expect(largestDifference(projection, reference.projection) < 1e-6)
    }

    @Test(arguments: 0..<3) func peopleAreThoseOfTheEquations(_ index: Int) throws {
        let reference = try ClusteringReference.read().spectral[index]
        let points = ClusteringReference.points(reference.vectors, dimension: reference.dimension)
        let clustering = SpectralClustering(fallback: LinkageClustering(linkage: .average, threshold: 0.3))
        let people = try clustering.people(
            among: points, bounds: PersonBounds(.automatic(), voiceCount: points.count),
            cancellation: CancellationFlag())
        #expect(people.map(\.members) == ClusteringReference.groups(reference.labels))
    }

    @Test func aCaseOfTheReferenceHadToBeConnected() throws {
        #expect(try ClusteringReference.read().spectral.contains { !$0.wasConnected })
    }

    @Test(arguments: [1, 2, 3, 17]) func aMatrixIsItsEigenvectorsTimesItsEigenvalues(_ count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        var matrix = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                matrix[row * count + column] = Double.random(in: -1...1, using: &random)
                matrix[column * count + row] = matrix[row * count + column]
            }
        }
        let solver = try SymmetricEigensolver(matrix, count: count, cancellation: CancellationFlag())
        let (values, vectors) = (solver.eigenvalues(), solver.eigenvectors(ofSmallest: count))
        var product = [Double](repeating: 0, count: count * count)
        for (index, value) in values.enumerated() {
            for row in 0..<count {
                for column in 0..<count {
                    product[row * count + column] +=
                        value * vectors[index * count + row] * vectors[index * count + column]
                }
            }
        }
        #expect(largestDifference(product, matrix) < 1e-12)
    }

    @Test func equalEigenvaluesAreNoTrouble() throws {
        let zero = try SymmetricEigensolver(
            [Double](repeating: 0, count: 36), count: 6, cancellation: CancellationFlag())
        #expect(zero.eigenvalues() == [0, 0, 0, 0, 0, 0])
        let ones = try SymmetricEigensolver(
            [Double](repeating: 1, count: 36), count: 6, cancellation: CancellationFlag())
        #expect(largestDifference(ones.eigenvalues(), [0, 0, 0, 0, 0, 6]) < 1e-12)
    }
}
