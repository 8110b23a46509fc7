import ParleyTestSupport

/// Builds MP4 files by hand, so that their tables can lie (ISO/IEC 14496-12).
enum MP4Bytes {
    static func box(_ type: String, _ contents: [UInt8]) -> [UInt8] {
        big(UInt32(contents.count + 8)) + Array(type.utf8) + contents
    }

    static func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    /// One track of 16-bit big-endian samples at 16 kHz.
    /// - Parameters:
    ///   - samples: What lies in the file.
    ///   - reference: Contents of the data reference; by default "in this very file".
    ///   - codec: Four-character code of the track.
    ///   - claimedSampleCount: How many samples the tables promise.
    static func file(
        samples: [Int16], reference: [UInt8] = box("url ", big(UInt32(1))), codec: String = "twos",
        claimedSampleCount: UInt32? = nil
    ) -> [UInt8] {
        let count = claimedSampleCount ?? UInt32(samples.count)
        let header = box("ftyp", Array("qt  ".utf8) + big(UInt32(0)) + Array("qt  ".utf8))
        let data = box("mdat", samples.flatMap { big($0) })
        let zero = big(UInt32(0))
        let description: [UInt8] =
            [UInt8](repeating: 0, count: 6) + big(UInt16(1)) + [UInt8](repeating: 0, count: 8) + big(UInt16(1))
            + big(UInt16(16)) + zero + big(UInt32(16_000) << 16)
        let ticks: UInt32 = codec == "twos" ? 1 : 1_152
        let tables =
            box("stsd", zero + big(UInt32(1)) + box(codec, description))
            + box("stts", zero + big(UInt32(1)) + big(count) + big(ticks))
            + box("stsc", zero + big(UInt32(1)) + big(UInt32(1)) + big(count) + big(UInt32(1)))
            + box("stsz", zero + big(UInt32(2)) + big(count))
            + box("stco", zero + big(UInt32(1)) + big(UInt32(header.count + 8)))
        let references = box("dinf", box("dref", zero + big(UInt32(1)) + reference))
        let mediaInfo = box("minf", box("smhd", zero + zero) + references + box("stbl", tables))
        let mediaHeader = box("mdhd", zero + zero + zero + big(UInt32(16_000)) + big(count) + zero)
        let handler = box("hdlr", zero + Array("mhlrsoun".utf8) + [UInt8](repeating: 0, count: 13))
        let trackHeader = box(
            "tkhd", big(UInt32(1)) + zero + zero + big(UInt32(1)) + zero + big(count) + [UInt8](repeating: 0, count: 60)
        )
        let movieHeader = box(
            "mvhd", zero + zero + zero + big(UInt32(16_000)) + big(count) + [UInt8](repeating: 0, count: 80))
        let track = box("trak", trackHeader + box("mdia", mediaHeader + handler + mediaInfo))
        return header + data + box("moov", movieHeader + track)
    }

    /// A Macintosh alias record that points at another file.
    /// - Parameter levels: Folders to go up and down from the file itself; 0 for an absolute path.
    static func alias(to path: String, levels: UInt16) -> [UInt8] {
        let name = Array((path.split(separator: "/").last ?? "").utf8.prefix(63))
        var record: [UInt8] = big(UInt32(0)) + [UInt8](repeating: 0, count: 10)
        record += [1, UInt8(ascii: "v")] + [UInt8](repeating: 0, count: 26) + [UInt8](repeating: 0, count: 12)
        record += [UInt8(name.count)] + name + [UInt8](repeating: 0, count: 63 - name.count)
        record += [UInt8](repeating: 0, count: 16) + big(levels) + big(levels) + [UInt8](repeating: 0, count: 16)
        let bytes = Array(path.utf8)
        record += big(UInt16(2)) + big(UInt16(bytes.count)) + bytes + (bytes.count % 2 == 1 ? [0] : [])
        record += big(UInt16(0xffff)) + big(UInt16(0))
        return box("alis", record)
    }
}
