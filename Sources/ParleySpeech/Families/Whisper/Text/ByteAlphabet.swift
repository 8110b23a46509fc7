/// The printable characters that stand for bytes in byte-level vocabularies, as GPT-2's `encoder.py` defines them.
///
/// Bytes that print keep their own character; the others get those from U+0100 on, in order.
enum ByteAlphabet {
    /// The byte of each character from U+0000 on, -1 for characters that stand for none.
    private static let bytes: [Int16] = {
        var bytes = [Int16](repeating: -1, count: 0x144)
        var next = 0x100
        for byte in 0..<0x100 {
            let prints = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            bytes[prints ? byte : next] = Int16(byte)
            if !prints { next += 1 }
        }
        return bytes
    }()

    /// The bytes that a token's text stands for; nil when a character stands for none.
    static func bytes(of text: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value < bytes.count, let byte = UInt8(exactly: bytes[Int(scalar.value)]) else { return nil }
            result.append(byte)
        }
        return result
    }
}
