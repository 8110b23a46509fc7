import ParleyCore

/// Eigenvalues and eigenvectors of a symmetric matrix of a few hundred rows.
///
/// Householder reflections to a tridiagonal matrix, then implicit QL steps with Wilkinson's shift (Golub & Van Loan,
/// "Matrix computations", sections 8.3 and 8.4): O(n³).
struct SymmetricEigensolver {
    private let count: Int
    private var diagonal: [Double]
    /// Beside the diagonal; the last value is 0.
    private var beside: [Double]
    /// The reflections' vectors of length √2, flat `[reflection][row]`.
    private var reflectors: [Double]

    /// Turns a matrix into a tridiagonal one.
    /// - Parameters:
    ///   - matrix: Symmetric, finite, row-major.
    ///   - count: Rows.
    /// - Throws: `CancellationError`.
    init(_ matrix: [Double], count: Int, cancellation: CancellationFlag) throws {
        self.count = count
        diagonal = Array(repeating: 0, count: count)
        beside = Array(repeating: 0, count: count)
        reflectors = Array(repeating: 0, count: max(0, count - 2) * count)
        var matrix = matrix
        var product = [Double](repeating: 0, count: count)
        try matrix.withUnsafeMutableBufferPointer { matrix in
            try reflectors.withUnsafeMutableBufferPointer { reflectors in
                try product.withUnsafeMutableBufferPointer { product in
                    guard let matrix = matrix.baseAddress, let product = product.baseAddress else { return }
                    for column in 0..<max(0, count - 2) {
                        if column % 16 == 0 { try cancellation.check() }
                        guard let vector = reflectors.baseAddress.map({ $0 + column * count }) else { return }
                        beside[column] = Self.reflect(matrix, vector, product, column: column, count: count)
                    }
                    for row in 0..<count { diagonal[row] = matrix[row * count + row] }
                    if count > 1 { beside[count - 2] = matrix[(count - 1) * count + count - 2] }
                }
            }
        }
    }

    /// Makes a column zero below the one place beside the diagonal.
    /// - Returns: What is left there.
    private static func reflect(
        _ matrix: UnsafeMutablePointer<Double>, _ vector: UnsafeMutablePointer<Double>,
        _ product: UnsafeMutablePointer<Double>, column: Int, count: Int
    ) -> Double {
        let first = column + 1
        var square = 0.0
        for row in first..<count {
            vector[row] = matrix[row * count + column]
            square += vector[row] * vector[row]
        }
        let target = vector[first] > 0 ? -square.squareRoot() : square.squareRoot()
        vector[first] -= target
        let length = Vector.dot(vector + first, vector + first, count: count - first).squareRoot()
        guard length > 0 else { return target }
        // With length √2 the reflection is 1 - v vᵀ.
        let scale = 2.0.squareRoot() / length
        for row in first..<count { vector[row] *= scale }
        for row in first..<count {
            product[row] = Vector.dot(matrix + row * count + first, vector + first, count: count - first)
        }
        let half = Vector.dot(product + first, vector + first, count: count - first) / 2
        for row in first..<count { product[row] -= half * vector[row] }
        for row in first..<count {
            let values = matrix + row * count
            let (a, b) = (vector[row], product[row])
            for other in first..<count { values[other] -= a * product[other] + b * vector[other] }
        }
        return target
    }

    /// The eigenvalues, ascending.
    func eigenvalues() -> [Double] {
        var values = diagonal
        Self.iterate(&values, beside) { _, _, _ in }
        return values.sorted()
    }

    /// The eigenvectors of the smallest eigenvalues, each of length 1, flat `[vector][row]`.
    ///
    /// Determined but for their signs, and for a rotation where eigenvalues are equal.
    func eigenvectors(ofSmallest number: Int) -> [Double] {
        var values = diagonal
        var vectors = [Double](repeating: 0, count: count * count)
        for row in 0..<count { vectors[row * count + row] = 1 }
        vectors.withUnsafeMutableBufferPointer { vectors in
            guard let vectors = vectors.baseAddress else { return }
            Self.iterate(&values, beside) { row, cosine, sine in
                let (upper, lower) = (vectors + row * count, vectors + (row + 1) * count)
                for index in 0..<count {
                    let (a, b) = (upper[index], lower[index])
                    upper[index] = cosine * a - sine * b
                    lower[index] = sine * a + cosine * b
                }
            }
        }
        let order = values.indices.sorted { values[$0] < values[$1] }.prefix(number)
        return order.flatMap { reflected(Array(vectors[$0 * count..<($0 + 1) * count])) }
    }

    /// An eigenvector of the tridiagonal matrix turned into one of the matrix.
    private func reflected(_ vector: [Double]) -> [Double] {
        var vector = vector
        for reflection in stride(from: count - 3, through: 0, by: -1) {
            let start = reflection * count
            var sum = 0.0
            for row in reflection + 1..<count { sum += reflectors[start + row] * vector[row] }
            for row in reflection + 1..<count { vector[row] -= sum * reflectors[start + row] }
        }
        return vector
    }

    /// Makes a tridiagonal matrix diagonal.
    /// - Parameter rotate: Told each rotation of a row and the next one.
    private static func iterate(
        _ diagonal: inout [Double], _ beside: [Double], rotate: (_ row: Int, _ cosine: Double, _ sine: Double) -> Void
    ) {
        var beside = beside
        let count = diagonal.count
        for start in 0..<count {
            // Each eigenvalue takes two or three steps; the bound is for rounding that never settles.
            for _ in 0..<60 {
                var end = start
                while end + 1 < count {
                    let size = abs(diagonal[end]) + abs(diagonal[end + 1])
                    if abs(beside[end]) <= Double.ulpOfOne * size { break }
                    end += 1
                }
                guard end > start else { break }
                step(&diagonal, &beside, start..<end, rotate: rotate)
            }
        }
    }

    /// One implicit QL step on the rows from the range's start to its end, both included.
    private static func step(
        _ diagonal: inout [Double], _ beside: inout [Double], _ range: Range<Int>,
        rotate: (_ row: Int, _ cosine: Double, _ sine: Double) -> Void
    ) {
        let (start, end) = (range.lowerBound, range.upperBound)
        let slope = (diagonal[start + 1] - diagonal[start]) / (2 * beside[start])
        let root = (slope * slope + 1).squareRoot()
        var bulge = diagonal[end] - diagonal[start] + beside[start] / (slope + (slope < 0 ? -root : root))
        var (cosine, sine, shift) = (1.0, 1.0, 0.0)
        for row in range.reversed() {
            let off = sine * beside[row]
            let next = cosine * beside[row]
            let length = (off * off + bulge * bulge).squareRoot()
            beside[row + 1] = length
            guard length > 0 else {
                diagonal[row + 1] -= shift
                beside[end] = 0
                return
            }
            sine = off / length
            cosine = bulge / length
            bulge = diagonal[row + 1] - shift
            let value = (diagonal[row] - bulge) * sine + 2 * cosine * next
            shift = sine * value
            diagonal[row + 1] = bulge + shift
            bulge = cosine * value - next
            rotate(row, cosine, sine)
        }
        diagonal[start] -= shift
        beside[start] = bulge
        beside[end] = 0
    }
}
