/// The few vector operations that comparing voices needs.
enum Vector {
    static func dot(_ a: [Float], _ b: [Float]) -> Float {
        let count = min(a.count, b.count)
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                guard let a = a.baseAddress, let b = b.baseAddress else { return 0 }
                // Eight running sums let the compiler use vector registers without reassociating one sum.
                var sums = SIMD8<Float>(repeating: 0)
                var index = 0
                while index + 8 <= count {
                    sums += eight(a + index) * eight(b + index)
                    index += 8
                }
                var total = sums.sum()
                while index < count {
                    total += a[index] * b[index]
                    index += 1
                }
                return total
            }
        }
    }

    static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
        var sums = SIMD4<Double>()
        var index = 0
        while index + 4 <= count {
            sums +=
                UnsafeRawPointer(a + index).loadUnaligned(as: SIMD4<Double>.self)
                * UnsafeRawPointer(b + index).loadUnaligned(as: SIMD4<Double>.self)
            index += 4
        }
        var sum = sums.sum()
        while index < count {
            sum += a[index] * b[index]
            index += 1
        }
        return sum
    }

    static func sum(_ a: [Float], _ b: [Float], weight: Float = 1) -> [Float] {
        zip(a, b).map { $0 + weight * $1 }
    }

    /// The same direction with length 1; a zero vector stays.
    static func normalized(_ a: [Float]) -> [Float] {
        let length = dot(a, a).squareRoot()
        return length > 0 ? a.map { $0 / length } : a
    }

    /// Eight values that follow each other.
    @inline(__always)
    static func eight(_ values: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(values).loadUnaligned(as: SIMD8<Float>.self)
    }

    /// The smallest of some values and its first place; infinite values are none.
    static func smallest(_ values: UnsafePointer<Float>, count: Int) -> (index: Int, value: Float)? {
        var lanes = SIMD8<Float>(repeating: .infinity)
        var index = 0
        while index + 8 <= count {
            lanes = pointwiseMin(lanes, eight(values + index))
            index += 8
        }
        var value = lanes.min()
        while index < count {
            value = min(value, values[index])
            index += 1
        }
        guard value < .infinity else { return nil }
        return (0..<count).first { values[$0] == value }.map { ($0, value) }
    }
}
