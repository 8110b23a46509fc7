import Foundation

/// SHA-256 (FIPS 180-4), fed in pieces.
struct SHA256 {
    /// First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
    private static let constants: [UInt32] = primes(64).map { fraction(cbrt(Double($0))) }
    /// The same of the square roots of the first 8 primes (FIPS 180-4, 5.3.3).
    private static let initial: [UInt32] = primes(8).map { fraction(Double($0).squareRoot()) }

    private var state = SHA256.initial
    private var pending: [UInt8] = []
    private var byteCount = 0

    /// Takes the next bytes.
    mutating func update(_ bytes: some Sequence<UInt8>) {
        let before = pending.count
        pending.append(contentsOf: bytes)
        byteCount += pending.count - before
        let whole = pending.count / 64 * 64
        for start in stride(from: 0, to: whole, by: 64) { compress(pending[start..<start + 64]) }
        pending.removeFirst(whole)
    }

    /// The digest in hexadecimal.
    consuming func hexadecimal() -> String {
        let bitCount = UInt64(byteCount) * 8
        let zeros = (119 - byteCount % 64) % 64
        update([0x80] + [UInt8](repeating: 0, count: zeros))
        update((0..<8).reversed().map { UInt8(truncatingIfNeeded: bitCount >> ($0 * 8)) })
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// The digest of a file; nil when it can't be read (blocking).
    static func hexadecimal(ofFile path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        var digest = SHA256()
        do {
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty { digest.update(chunk) }
        } catch {
            return nil
        }
        return digest.hexadecimal()
    }

    private mutating func compress(_ block: ArraySlice<UInt8>) {
        var schedule = [UInt32](repeating: 0, count: 64)
        for index in 0..<16 {
            let start = block.startIndex + index * 4
            schedule[index] = block[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let sigma0 = Self.rotate(early, 7) ^ Self.rotate(early, 18) ^ early >> 3
            let sigma1 = Self.rotate(late, 17) ^ Self.rotate(late, 19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ sigma0 &+ schedule[index - 7] &+ sigma1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sum1 &+ choice &+ Self.constants[index] &+ schedule[index]
            let sum0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ sum0 &+ majority)
        }
        state = zip(state, [a, b, c, d, e, f, g, h]).map { $0 &+ $1 }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    private static func fraction(_ number: Double) -> UInt32 {
        UInt32((number - number.rounded(.down)) * 4_294_967_296)
    }

    private static func primes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        for candidate in 2... {
            if primes.count == count { break }
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
        }
        return primes
    }
}
