import ParleyCore

/// A value for every pair of points: symmetric, row-major, `count * count`.
struct PairwiseMatrix: Sendable {
    let count: Int
    var values: [Float]

    subscript(a: Int, b: Int) -> Float { values[a * count + b] }

    /// The cosines between all directions.
    ///
    /// Four rows at a time, so that each vector comes four times less often from memory.
    /// - Throws: `CancellationError`.
    static func cosines(of points: VoicePoints, cancellation: CancellationFlag) throws -> PairwiseMatrix {
        let (count, dimension) = (points.count, points.dimension)
        var values = [Float](repeating: 0, count: count * count)
        try points.directions.withUnsafeBufferPointer { vectors in
            try values.withUnsafeMutableBufferPointer { values in
                guard let vectors = vectors.baseAddress, let values = values.baseAddress else { return }
                for first in stride(from: 0, to: count, by: 4) {
                    try cancellation.check()
                    let last = min(first + 3, count - 1)
                    for other in 0...last {
                        let dots = fourDots(
                            vectors + first * dimension, vectors + other * dimension, dimension: dimension,
                            rowCount: last - first + 1)
                        for row in first...last {
                            values[row * count + other] = dots[row - first]
                            values[other * count + row] = dots[row - first]
                        }
                    }
                }
            }
        }
        return PairwiseMatrix(count: count, values: values)
    }

    /// The dot products of up to four rows that follow each other with one vector.
    private static func fourDots(
        _ rows: UnsafePointer<Float>, _ vector: UnsafePointer<Float>, dimension: Int, rowCount: Int
    ) -> SIMD4<Float> {
        // Missing rows repeat the last one.
        let (second, third, fourth) = (
            rows + min(1, rowCount - 1) * dimension, rows + min(2, rowCount - 1) * dimension,
            rows + min(3, rowCount - 1) * dimension
        )
        var sums = (SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>(), SIMD8<Float>())
        var index = 0
        while index + 8 <= dimension {
            let values = Vector.eight(vector + index)
            sums.0 += Vector.eight(rows + index) * values
            sums.1 += Vector.eight(second + index) * values
            sums.2 += Vector.eight(third + index) * values
            sums.3 += Vector.eight(fourth + index) * values
            index += 8
        }
        var result = SIMD4(sums.0.sum(), sums.1.sum(), sums.2.sum(), sums.3.sum())
        while index < dimension {
            result += SIMD4(rows[index], second[index], third[index], fourth[index]) * vector[index]
            index += 1
        }
        return result
    }
}
