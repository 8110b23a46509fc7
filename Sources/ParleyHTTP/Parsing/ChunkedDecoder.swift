/// Undoes the chunked transfer coding (RFC 9112, 7.1), byte by byte where needed, in constant memory.
///
/// Strict: sizes are 1 to 15 hexadecimal digits, lines end in CRLF. Extensions and trailers are skipped and bounded.
struct ChunkedDecoder {
    /// Bytes of one chunk's extensions, and of all trailers together.
    static let maximumSkippedBytes = 4_096
    private static let maximumSizeDigits = 15

    private enum State: Equatable {
        case size(digits: Int)
        case sizeLineFeed
        case extensions
        case data
        case dataEnd
        case dataEndLineFeed
        case trailerLineStart
        case trailerLine
        case trailerLineFeed
        case finalLineFeed
        case complete
    }
    private var state = State.size(digits: 0)
    private var remaining = 0
    private var skippedBytes = 0

    /// Whether the last chunk and the trailers have been seen.
    var isComplete: Bool { state == .complete }

    /// Bytes of the current chunk that are still to come.
    var announcedBytes: Int { remaining }

    /// Takes coded bytes from the front of `input` up to the end of the body.
    mutating func decode(_ input: inout ArraySlice<UInt8>, into body: inout [UInt8]) throws(HTTPProtocolError) {
        while !input.isEmpty, state != .complete {
            if state == .data {
                let count = min(remaining, input.count)
                body.append(contentsOf: input.prefix(count))
                input = input.dropFirst(count)
                remaining -= count
                if remaining == 0 { state = .dataEnd }
            } else if let byte = input.popFirst() {
                try step(byte)
            }
        }
    }

    private mutating func step(_ byte: UInt8) throws(HTTPProtocolError) {
        switch state {
        case .size(let digits): try sizeByte(byte, digits: digits)
        case .extensions:
            if byte == ASCII.carriageReturn { state = .sizeLineFeed } else { try skip(byte) }
        case .sizeLineFeed:
            try expect(byte, ASCII.lineFeed, then: remaining == 0 ? .trailerLineStart : .data)
            skippedBytes = 0
        case .dataEnd: try expect(byte, ASCII.carriageReturn, then: .dataEndLineFeed)
        case .dataEndLineFeed: try expect(byte, ASCII.lineFeed, then: .size(digits: 0))
        case .trailerLineStart where byte == ASCII.carriageReturn: state = .finalLineFeed
        case .trailerLineStart, .trailerLine:
            if byte == ASCII.carriageReturn {
                state = .trailerLineFeed
            } else {
                try skip(byte)
                state = .trailerLine
            }
        case .trailerLineFeed: try expect(byte, ASCII.lineFeed, then: .trailerLineStart)
        case .finalLineFeed: try expect(byte, ASCII.lineFeed, then: .complete)
        case .data, .complete: break
        }
    }

    private mutating func sizeByte(_ byte: UInt8, digits: Int) throws(HTTPProtocolError) {
        if let value = ASCII.hexValue(byte) {
            guard digits < Self.maximumSizeDigits else { throw .malformedBody }
            remaining = remaining << 4 | Int(value)
            state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else { throw .malformedBody }
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineFeed
        case UInt8(ascii: ";"), ASCII.space, ASCII.tab: state = .extensions
        default: throw .malformedBody
        }
    }

    private mutating func skip(_ byte: UInt8) throws(HTTPProtocolError) {
        skippedBytes += 1
        guard skippedBytes <= Self.maximumSkippedBytes, ASCII.isFieldValue(byte) else { throw .malformedBody }
    }

    private mutating func expect(_ byte: UInt8, _ expected: UInt8, then next: State) throws(HTTPProtocolError) {
        guard byte == expected else { throw .malformedBody }
        state = next
    }
}
