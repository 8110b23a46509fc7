/// Bytes of uncompressed recordings, for tests.
public enum WAVFile {
    /// A RIFF/WAVE file.
    /// - Parameters:
    ///   - data: The sample data, interleaved.
    ///   - sampleRateHz: Sample rate.
    ///   - channelCount: Channels.
    ///   - bitsPerSample: Bits per sample.
    ///   - formatTag: 1 integers, 3 floats, 7 mu-law.
    ///   - claimedByteCount: What the header says about the length of the data; nil tells the truth.
    public static func bytes(
        data: [UInt8], sampleRateHz: Int = 16_000, channelCount: Int = 1, bitsPerSample: Int = 16, formatTag: Int = 1,
        claimedByteCount: UInt32? = nil
    ) -> [UInt8] {
        let dataSize = claimedByteCount ?? UInt32(data.count)
        let blockSize = channelCount * bitsPerSample / 8
        var bytes = Array("RIFF".utf8) + little(dataSize &+ 36) + Array("WAVEfmt ".utf8) + little(UInt32(16))
        bytes += little(UInt16(truncatingIfNeeded: formatTag)) + little(UInt16(truncatingIfNeeded: channelCount))
        bytes += little(UInt32(truncatingIfNeeded: sampleRateHz))
        bytes += little(UInt32(truncatingIfNeeded: sampleRateHz &* blockSize))
        bytes += little(UInt16(truncatingIfNeeded: blockSize)) + little(UInt16(truncatingIfNeeded: bitsPerSample))
        return bytes + Array("data".utf8) + little(dataSize) + data
    }

    /// A file of 16-bit samples.
    /// - Parameter channels: Samples of each channel within -1...1, all of one length.
    public static func bytes(channels: [[Float]], sampleRateHz: Int = 16_000) -> [UInt8] {
        var data: [UInt8] = []
        for index in (channels.first ?? []).indices {
            for channel in channels {
                let value = Int16(max(-1, min(1, channel[index])) * 32_767)
                data.append(UInt8(truncatingIfNeeded: value))
                data.append(UInt8(truncatingIfNeeded: value >> 8))
            }
        }
        return bytes(data: data, sampleRateHz: sampleRateHz, channelCount: channels.count)
    }

    /// A number's bytes, lowest first.
    public static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
