import CZlib

/// How much a text repeats itself: its UTF-8 bytes over their zlib-compressed bytes; 0 for an empty text.
///
/// Whisper's measure for loops of the decoder (Radford et al. 2022, section 4.5); 2.4 is its usual limit.
func compressionRatio(of text: String) -> Double {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty else { return 0 }
    var compressedCount = compressBound(uLong(bytes.count))
    var compressed = [UInt8](repeating: 0, count: Int(compressedCount))
    guard compress(&compressed, &compressedCount, bytes, uLong(bytes.count)) == Z_OK else { return 0 }
    return Double(bytes.count) / Double(compressedCount)
}
