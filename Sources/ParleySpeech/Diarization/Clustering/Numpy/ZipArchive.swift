import CZlib
import Foundation

/// The members of a ZIP file that is small enough to be held in memory (PKWARE APPNOTE 6.3): stored or deflated, without
/// encryption, ZIP64 or several volumes.
struct ZipArchive: Sendable {
    /// Why a file can't be read.
    struct Fault: Error { let reason: String }

    private struct Member {
        let isDeflated: Bool
        let checksum: UInt32
        let storedCount: Int
        let count: Int
        let headerStart: Int
    }

    private let bytes: [UInt8]
    private var members: [String: Member] = [:]

    /// Bytes of a member at most.
    private static let largestMemberCount = 64 << 20
    private static let largestMemberNumber = 64

    /// Reads the directory.
    /// - Throws: ``Fault``.
    init(_ bytes: [UInt8]) throws(Fault) {
        self.bytes = bytes
        // The end record: 22 bytes and a comment of up to 65,535.
        let lastStart = bytes.count - 22
        guard lastStart >= 0,
            let end = stride(from: lastStart, through: max(0, lastStart - 65_535), by: -1)
                .first(where: { Self.number(bytes, $0, 4) == 0x0605_4b50 })
        else { throw Fault(reason: "It is no ZIP archive.") }
        let number = Self.number(bytes, end + 10, 2)
        guard number <= Self.largestMemberNumber else { throw Fault(reason: "It has too many members.") }
        var start = Self.number(bytes, end + 16, 4)
        for _ in 0..<number {
            guard start + 46 <= bytes.count, Self.number(bytes, start, 4) == 0x0201_4b50 else {
                throw Fault(reason: "Its directory is damaged.")
            }
            let nameCount = Self.number(bytes, start + 28, 2)
            guard start + 46 + nameCount <= bytes.count else { throw Fault(reason: "Its directory is damaged.") }
            let name = String(decoding: bytes[start + 46..<start + 46 + nameCount], as: UTF8.self)
            members[name] = try member(at: start)
            start += 46 + nameCount + Self.number(bytes, start + 30, 2) + Self.number(bytes, start + 32, 2)
        }
    }

    private func member(at start: Int) throws(Fault) -> Member {
        let method = Self.number(bytes, start + 10, 2)
        let isEncrypted = Self.number(bytes, start + 8, 2) & 1 != 0
        let member = Member(
            isDeflated: method == 8, checksum: UInt32(Self.number(bytes, start + 16, 4)),
            storedCount: Self.number(bytes, start + 20, 4), count: Self.number(bytes, start + 24, 4),
            headerStart: Self.number(bytes, start + 42, 4))
        guard method == 0 || method == 8, !isEncrypted else {
            throw Fault(reason: "A member is packed in a way that is not supported.")
        }
        guard member.count <= Self.largestMemberCount, member.storedCount <= bytes.count else {
            throw Fault(reason: "A member is too large.")
        }
        return member
    }

    /// The unpacked bytes of a member; nil when there is none of that name.
    /// - Throws: ``Fault``.
    func contents(_ name: String) throws(Fault) -> [UInt8]? {
        guard let member = members[name] else { return nil }
        let damaged = Fault(reason: "Its member \(name) is damaged.")
        let header = member.headerStart
        guard header + 30 <= bytes.count, Self.number(bytes, header, 4) == 0x0403_4b50 else { throw damaged }
        let start = header + 30 + Self.number(bytes, header + 26, 2) + Self.number(bytes, header + 28, 2)
        guard start + member.storedCount <= bytes.count else { throw damaged }
        let stored = Array(bytes[start..<start + member.storedCount])
        guard let unpacked = member.isDeflated ? Self.inflated(stored, count: member.count) : stored,
            unpacked.count == member.count,
            UInt32(truncatingIfNeeded: crc32(0, unpacked, uInt(unpacked.count))) == member.checksum
        else { throw damaged }
        return unpacked
    }

    /// Raw deflate data unpacked; nil when it does not give exactly so many bytes.
    private static func inflated(_ stored: [UInt8], count: Int) -> [UInt8]? {
        var stream = z_stream()
        // Negative window bits: without a zlib header.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var stored = stored
        // One byte more, so that data beyond the announced size is noticed.
        var result = [UInt8](repeating: 0, count: count + 1)
        let status = stored.withUnsafeMutableBufferPointer { input in
            result.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, Int(stream.total_out) == count else { return nil }
        result.removeLast()
        return result
    }

    /// A little-endian number; 0 beyond the end.
    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        guard start >= 0, start + count <= bytes.count else { return 0 }
        return (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
    }
}
