import Foundation
import ParleyCore
import ParleyInference

/// A short mark of a file's contents, by which vectors of different weights are told apart.
///
/// FNV-1a (Fowler, Noll and Vo) over words of 64 bits: it tells files apart, and keeps nobody from forging one.
struct WeightsFingerprint: Sendable, Hashable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Takes in more bytes; every call but the last with a multiple of eight.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        let wordCount = bytes.count / 8
        for index in 0..<wordCount {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
        }
        for index in (wordCount * 8)..<bytes.count { add(UInt64(bytes[index])) }
    }

    private mutating func add(_ word: UInt64) {
        state = (state ^ word) &* 0x0000_0100_0000_01b3
        // The multiplication carries upwards only.
        state ^= state >> 32
    }
}

extension OnnxSession {
    /// The mark of the file that the network was loaded from; empty for one that was made in memory.
    /// - Throws: ``InferenceError`` with `modelMissing`.
    func weightsFingerprint() throws(InferenceError) -> String {
        guard let filePath else { return "" }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: filePath))
            defer { try? file.close() }
            var fingerprint = WeightsFingerprint()
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                piece.withUnsafeBytes { fingerprint.add($0) }
            }
            return fingerprint.text
        } catch {
            throw InferenceError(
                .modelMissing, model: name, "The speaker model's file can't be read any more: install it again.",
                underlying: "\(error)")
        }
    }
}
