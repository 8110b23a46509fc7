import Foundation

/// One row of logits on which the decoding rules are carried out.
///
/// Owns its memory so that the network's output stays as it is; reused from row to row.
struct LogitRow {
    private(set) var values: [Float]

    /// An empty row.
    init(count: Int) { values = [Float](repeating: 0, count: count) }

    /// Takes a row of the network's output.
    mutating func load(_ logits: UnsafeBufferPointer<Float>) {
        values.withUnsafeMutableBufferPointer { own in
            _ = own.update(fromContentsOf: logits.prefix(own.count))
        }
    }

    /// Makes tokens impossible; ids that the row does not have are passed over.
    mutating func suppress(_ ids: some Sequence<Int>) {
        for id in ids where values.indices.contains(id) { values[id] = -.infinity }
    }

    /// The largest logit of a range; minus infinity for none.
    func maximum(in range: Range<Int>) -> Float {
        values.withUnsafeBufferPointer { all in
            let part = all[range.clamped(to: all.indices)]
            var lanes = SIMD8<Float>(repeating: -.infinity)
            var index = part.startIndex
            while index + 8 <= part.endIndex {
                lanes.replace(with: all.lanes(at: index), where: all.lanes(at: index) .> lanes)
                index += 8
            }
            var largest = lanes.max()
            for rest in index..<part.endIndex { largest = Swift.max(largest, all[rest]) }
            return largest
        }
    }

    /// The id of the largest logit; the first of equals.
    func argmax() -> Int {
        let largest = maximum(in: values.indices)
        return values.firstIndex(of: largest) ?? 0
    }

    /// The logarithm of the summed exponentials of a range; minus infinity when all are impossible.
    func logSumExp(in range: Range<Int>) -> Float {
        let largest = maximum(in: range)
        guard largest.isFinite else { return -.infinity }
        return largest + log(sumOfExponentials(in: range, minus: largest))
    }

    /// The same over all tokens: what turns a logit into a log-probability.
    func logSumExp() -> Float { logSumExp(in: values.indices) }

    /// Sum of exp(x - offset), with lanes of eight.
    private func sumOfExponentials(in range: Range<Int>, minus offset: Float) -> Float {
        values.withUnsafeBufferPointer { all in
            let part = range.clamped(to: all.indices)
            var sums = SIMD8<Double>.zero
            var index = part.lowerBound
            while index + 8 <= part.upperBound {
                sums += SIMD8<Double>(exponential(all.lanes(at: index) - offset))
                index += 8
            }
            var sum = sums.sum()
            for rest in index..<part.upperBound { sum += Double(exp(all[rest] - offset)) }
            return Float(sum)
        }
    }

    /// The ids of the largest logits, largest first, at most `count`; impossible ones are left out.
    func top(_ count: Int) -> [Int] {
        guard count > 0 else { return [] }
        var best: [(id: Int, value: Float)] = []
        var threshold = -Float.infinity
        values.withUnsafeBufferPointer { all in
            for id in all.indices where all[id] > threshold {
                let place = best.firstIndex { $0.value < all[id] } ?? best.count
                best.insert((id, all[id]), at: place)
                if best.count > count { best.removeLast() }
                if best.count == count { threshold = best[count - 1].value }
            }
        }
        return best.map(\.id)
    }

    /// Draws an id with probability proportional to exp(logit / temperature).
    /// - Parameter uniform: A number in 0..<1.
    func sample(temperature: Float, uniform: Double) -> Int {
        let largest = maximum(in: values.indices)
        guard largest.isFinite, temperature > 0 else { return argmax() }
        var total = 0.0
        for value in values { total += Double(exp((value - largest) / temperature)) }
        var rest = uniform * total
        var last = 0
        for (id, value) in values.enumerated() where value > -.infinity {
            rest -= Double(exp((value - largest) / temperature))
            last = id
            if rest < 0 { return id }
        }
        return last
    }
}

extension UnsafeBufferPointer<Float> {
    /// Eight values from an index on.
    fileprivate func lanes(at index: Int) -> SIMD8<Float> {
        UnsafeRawBufferPointer(self).loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
    }
}

/// e to the power of values at most 0, within 2 units in the last place; below -87 it is 0 for all purposes.
///
/// Splits off a power of two and takes the rest by the Taylor series of 2^f around 0, |f| at most one half.
private func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let scaled = pointwiseMax(x, SIMD8(repeating: -87)) * Float(1.442_695_040_888_963_4)
    // Adding this moves the integer part into the lowest bits of the significand.
    let shift = SIMD8<Float>(repeating: 12_582_912)
    let shifted = scaled + shift
    let whole = shifted - shift
    let fraction = scaled - whole
    var series = SIMD8<Float>(repeating: 1.540_353e-4)
    for coefficient: Float in [1.333_355_8e-3, 9.618_129e-3, 5.550_410_9e-2, 2.402_265_07e-1, 6.931_471_8e-1, 1] {
        series = series * fraction + coefficient
    }
    let exponent = SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(shifted, to: SIMD8<Int32>.self) &- 0x4b40_0000)
    let power = unsafeBitCast((exponent &+ 127) &<< 23, to: SIMD8<Float>.self)
    return series * power
}
