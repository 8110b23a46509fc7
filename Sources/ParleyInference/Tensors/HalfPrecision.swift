/// IEEE 754 half-precision numbers as bit patterns.
enum HalfPrecision {
    /// Converts numbers in a form that the compiler turns into vector instructions of every processor.
    ///
    /// The exponent's bias differs by 112 between the two formats, so that the bits, shifted into place and
    /// multiplied by 2^112, are the same number, subnormal ones included; infinity and NaN keep their exponent of ones.
    static func convert(_ halves: UnsafeBufferPointer<UInt16>, to floats: UnsafeMutableBufferPointer<Float>) {
        for index in 0..<min(halves.count, floats.count) {
            let bits = UInt32(halves[index])
            let magnitude = (bits & 0x7fff) << 13
            let exponentOfOnes: UInt32 = magnitude >= 0x0f80_0000 ? 0x7f80_0000 : 0
            let scaled = Float(bitPattern: magnitude) * 0x1p112
            floats[index] = Float(bitPattern: scaled.bitPattern | exponentOfOnes | (bits & 0x8000) << 16)
        }
    }
}
