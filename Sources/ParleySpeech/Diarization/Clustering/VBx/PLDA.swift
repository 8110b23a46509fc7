import Foundation
import ParleyCore

/// What probabilistic linear discriminant analysis has learnt of an encoder's vectors: a way into a space where the
/// spread of one person's vectors is the same in all directions, and how much people differ in each direction.
///
/// The files are those that speaker diarization pipelines publish: `xvec_transform.npz` (mean1, mean2, lda) and
/// `plda.npz` (mu, tr, psi). The model is that of Landini et al., "Bayesian HMM clustering of x-vector sequences (VBx)
/// in speaker diarization", 2022, section 2.
struct PLDA: Sendable {
    /// Values of an encoder's vector.
    let inputDimension: Int
    /// Values of a vector in the space.
    let dimension: Int
    /// Variance between people along each axis, the largest first; that of one person's vectors is 1.
    let betweenVariances: [Double]

    private let firstMean: [Double]
    private let secondMean: [Double]
    /// `[input][reduced]`.
    private let discriminant: [Double]
    private let reducedDimension: Int
    private let mean: [Double]
    /// `[axis][reduced]`.
    private let axes: [Double]

    /// Reads the pair of files.
    /// - Parameters:
    ///   - transform: `xvec_transform.npz`.
    ///   - plda: `plda.npz`.
    ///   - largestDimension: Axes that are kept at most.
    /// - Throws: ``InferenceError`` with `modelMissing`, `modelCorrupt` or `modelForeign`; the message names the file.
    init(transform: URL, plda: URL, largestDimension: Int = 128) throws(InferenceError) {
        let first = try NumpyArchive(contentsOf: transform)
        let (firstMean, secondMean) = (try first.array("mean1"), try first.array("mean2"))
        let discriminant = try first.array("lda")
        guard let input = discriminant.shape.first, let reduced = discriminant.shape.last,
            discriminant.shape.count == 2, input > 0, reduced > 0, firstMean.shape == [input],
            secondMean.shape == [reduced]
        else { throw first.foreign("Its arrays mean1, mean2 and lda do not fit each other.") }
        let second = try NumpyArchive(contentsOf: plda)
        let (mean, transformation) = (try second.array("mu"), try second.array("tr"))
        let variances = try second.array("psi")
        guard mean.shape == [reduced], transformation.shape == [reduced, reduced], variances.shape == [reduced] else {
            throw second.foreign("Its arrays mu, tr and psi do not fit each other or xvec_transform.npz.")
        }
        guard variances.values.allSatisfy({ $0 >= 0 }) else { throw second.foreign("A variance in psi is negative.") }
        inputDimension = input
        reducedDimension = reduced
        self.firstMean = firstMean.values
        self.secondMean = secondMean.values
        self.discriminant = discriminant.values
        self.mean = mean.values
        // The generalised eigenvectors of the variances between and within people, tr⁻¹ psi tr⁻ᵀ and tr⁻¹ tr⁻ᵀ, are
        // the rows of tr, with psi for eigenvalues: sorting them is all there is to do.
        let order = variances.values.indices.sorted { variances.values[$0] > variances.values[$1] }
            .prefix(max(1, largestDimension))
        dimension = order.count
        betweenVariances = order.map { variances.values[$0] }
        axes = order.flatMap { transformation.values[$0 * reduced..<($0 + 1) * reduced] }
    }

    /// A vector of the encoder in the space.
    ///
    /// Centred, scaled to the length √input, reduced by linear discriminant analysis, centred, scaled to the length
    /// √reduced, centred and turned to the axes.
    /// - Parameter embedding: ``inputDimension`` finite values.
    func feature(_ embedding: some Collection<Float>) -> [Double] {
        let centred = Self.scaled(zip(embedding, firstMean).map { Double($0) - $1 })
        var reduced = secondMean.map { -$0 }
        for (value, row) in zip(centred, stride(from: 0, to: discriminant.count, by: reducedDimension)) {
            for index in 0..<reducedDimension { reduced[index] += value * discriminant[row + index] }
        }
        let point = zip(Self.scaled(reduced), mean).map { $0 - $1 }
        return (0..<dimension).map { axis in
            var sum = 0.0
            for index in 0..<reducedDimension { sum += axes[axis * reducedDimension + index] * point[index] }
            return sum
        }
    }

    /// The same direction with the square root of the number of values for length; a zero vector stays.
    private static func scaled(_ values: [Double]) -> [Double] {
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? values.map { $0 * Double(values.count).squareRoot() / length } : values
    }
}
