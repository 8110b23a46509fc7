/// The few vector operations that comparing voices needs.
enum Vector {
    static func dot(_ a: [Float], _ b: [Float]) -> Float {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                // Eight running sums let the compiler use vector registers without reassociating one sum.
                var sums = SIMD8<Float>(repeating: 0)
                let count = min(a.count, b.count)
                var index = 0
                while index + 8 <= count {
                    var x = SIMD8<Float>()
                    var y = SIMD8<Float>()
                    for lane in 0..<8 {
                        x[lane] = a[index + lane]
                        y[lane] = b[index + lane]
                    }
                    sums += x * y
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
}
