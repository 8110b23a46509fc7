import Synchronization

/// Why a body could not be read or written to its end.
public enum HTTPBodyError: Error, Sendable, Hashable {
    /// More bytes than allowed.
    case tooLarge(limitBytes: Int)
    /// The peer ended or stopped in the middle of the body.
    case truncated
    /// A chunk breaks the grammar of the transfer coding.
    case malformed
    /// The connection is gone, or its request was already answered.
    case disconnected
}

/// The body of a request as it arrives, in pieces of no particular size.
///
/// It can be read once, by one reader at a time. While nobody reads, only a bounded number of bytes is held and flow
/// control stops the peer. The first read answers `Expect: 100-continue`. Reading throws ``HTTPBodyError``, or
/// `CancellationError` in a cancelled task; a body that fails while nothing was answered yet is also answered by the
/// engine itself (400, 408 or 413), so a handler may simply give up.
public struct HTTPBody: AsyncSequence, Sendable {
    /// Some bytes, never none.
    public typealias Element = [UInt8]

    private let nextPiece: @Sendable () async throws -> [UInt8]?

    /// A body that a closure produces, nil at its end.
    public init(nextPiece: @escaping @Sendable () async throws -> [UInt8]?) {
        self.nextPiece = nextPiece
    }

    /// A body of known bytes, for handlers that are called without a connection.
    public init(_ bytes: [UInt8] = []) {
        let rest = Rest(bytes)
        nextPiece = { rest.take() }
    }

    /// Reads everything into memory.
    /// - Parameter limitBytes: More bytes throw ``HTTPBodyError/tooLarge(limitBytes:)``.
    /// - Throws: ``HTTPBodyError`` or `CancellationError`.
    public func collect(upTo limitBytes: Int) async throws -> [UInt8] {
        var collected: [UInt8] = []
        for try await piece in self {
            guard piece.count <= limitBytes - collected.count else {
                throw HTTPBodyError.tooLarge(limitBytes: limitBytes)
            }
            collected.append(contentsOf: piece)
        }
        return collected
    }

    /// Starts, or goes on, reading.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(nextPiece: nextPiece) }

    /// Reads a body piece by piece.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let nextPiece: @Sendable () async throws -> [UInt8]?

        /// The next bytes, nil at the end.
        public mutating func next() async throws -> [UInt8]? { try await nextPiece() }
    }

    private final class Rest: Sendable {
        private let bytes: Mutex<[UInt8]>

        init(_ bytes: [UInt8]) { self.bytes = Mutex(bytes) }

        func take() -> [UInt8]? {
            bytes.withLock { bytes in
                defer { bytes = [] }
                return bytes.isEmpty ? nil : bytes
            }
        }
    }
}
