import Foundation
import ParleyCore
import ParleyTestSupport

@testable import ParleySpeech

/// What `scripts/parity/clustering_reference.py` computed with SciPy and NumPy.
struct ClusteringReference: Decodable {
    struct Centroid: Decodable {
        let dimension: Int
        let vectors: [Float]
        let threshold: Float
        let heights: [Float]
        let inversions: Int
        let labels: [Int]
    }

    struct VBx: Decodable {
        let vectors: [Float]
        let threshold: Float
        let largestDimension: Int
        let weights: [Double]
        let start: [Int]
        let features: [Double]
        let variances: [Double]
        let responsibilities: [Double]
        let priors: [Double]
        let rounds: Int
        let centroids: [Float]
    }

    struct Spectral: Decodable {
        let dimension: Int
        let vectors: [Float]
        let neighbours: [Int]
        let ratios: [Double]
        let bestNeighbours: Int
        let people: Int
        let eigenvalues: [Double]
        let wasConnected: Bool
        let projection: [Double]
        let labels: [Int]
    }

    let centroid: [Centroid]
    let vbx: [VBx]
    let spectral: [Spectral]

    static func read() throws -> ClusteringReference {
        try JSONDecoder().decode(ClusteringReference.self, from: Data(contentsOf: file("reference.json")))
    }

    static func file(_ name: String) -> URL {
        URL(fileURLWithPath: RepositoryFile.path("Tests/ParleySpeechTests/Fixtures/clustering/" + name))
    }

    /// Points of vectors that follow each other.
    static func points(_ vectors: [Float], dimension: Int) -> VoicePoints {
        let voices = stride(from: 0, to: vectors.count, by: dimension).enumerated().map { window, start in
            LocalSpeaker(
                window: window, index: 0, speechSeconds: 2, embedding: Array(vectors[start..<start + dimension]))
        }
        return VoicePoints(voices, dimension: dimension)
    }

    /// Groups of indices with the same label, in order of their first members.
    static func groups(_ labels: [Int]) -> [[Int]] {
        Dictionary(grouping: labels.indices, by: { labels[$0] }).values.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }
}

/// The largest difference between two lists; infinite when their lengths differ.
func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}
