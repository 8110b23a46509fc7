/// Bytes that wait to be written, in pieces of a size that one write takes.
struct OutputQueue {
    /// Small pieces are joined up to this size, so that a head and a short body leave in one packet.
    private static let joinedBytes = 16 << 10

    private var pieces: [[UInt8]] = []
    private var first = 0
    private var offset = 0
    /// How many bytes wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        if first < pieces.count, pieces[pieces.count - 1].count + bytes.count <= Self.joinedBytes {
            pieces[pieces.count - 1].append(contentsOf: bytes)
        } else {
            pieces.append(bytes)
        }
    }

    /// Takes at most `limit` bytes from the front; nil when there are none.
    mutating func pop(limit: Int) -> [UInt8]? {
        guard first < pieces.count else { return nil }
        let piece = pieces[first]
        let end = min(piece.count, offset + limit)
        let bytes = offset == 0 && end == piece.count ? piece : Array(piece[offset..<end])
        count -= bytes.count
        offset = end
        if end == piece.count {
            pieces[first] = []
            first += 1
            offset = 0
        }
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64 {
            pieces.removeFirst(first)
            first = 0
        }
        return bytes
    }

    mutating func removeAll() { self = OutputQueue() }
}
