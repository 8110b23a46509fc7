import Glibc

/// How much a multipart body may ask for.
public struct MultipartLimits: Sendable, Hashable {
    /// Parts in one body.
    ///
    /// Default 128.
    public var maximumParts: Int
    /// Bytes of one part's headers, and of what stands before the first boundary.
    ///
    /// Default 8 KiB.
    public var maximumHeaderBytes: Int

    /// Makes limits.
    public init(maximumParts: Int = 128, maximumHeaderBytes: Int = 8_192) {
        self.maximumParts = maximumParts
        self.maximumHeaderBytes = maximumHeaderBytes
    }
}

/// Why a multipart body was refused.
public enum MultipartError: Error, Sendable, Hashable, CaseIterable {
    /// The boundary is empty, or the body doesn't begin with it.
    case missingBoundary
    /// A part doesn't say which field it is.
    case partWithoutName
    /// The body ends before its final boundary.
    case missingTerminator
    /// The headers of a part are longer than allowed.
    case headerTooLarge
    /// More parts than allowed.
    case tooManyParts
    /// A part's headers, or what follows a boundary, break the grammar.
    case malformedHeader

    /// A sentence that is safe to show to a client.
    public var message: String {
        switch self {
        case .missingBoundary: "The multipart body doesn't begin with its boundary."
        case .partWithoutName: "A part of the multipart body has no name."
        case .missingTerminator: "The multipart body ends before its final boundary."
        case .headerTooLarge: "The headers of a part of the multipart body are too large."
        case .tooManyParts: "The multipart body has too many parts."
        case .malformedHeader: "A header of a part of the multipart body is malformed."
        }
    }
}

/// What a multipart body is made of, in order: for each part its beginning, data in pieces of any size, its end.
public enum MultipartEvent: Sendable, Hashable {
    /// The headers of a part are complete.
    case partBegan(MultipartPart)
    /// Some bytes of the part, never none.
    case data([UInt8])
    /// The part is complete.
    case partEnded
}

/// Takes a `multipart/form-data` body apart as it comes (RFC 7578, RFC 2046 section 5.1), in memory bounded by
/// ``MultipartLimits`` and the largest piece pushed.
///
/// The events don't depend on how the body is cut into pieces, except that data may come in more or fewer of them.
public struct MultipartParser: Sendable {
    private enum State {
        case preamble
        /// Behind a boundary: `--` or a line end.
        case boundaryEnd
        case headers(lines: [[UInt8]], bytes: Int)
        /// At the line end that closes the headers; a boundary without data of its own may begin with it.
        case dataStart
        case data
        case epilogue
        case failed(MultipartError)
    }

    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private var state: State
    private var partCount = 0
    /// Bytes that can't be judged yet, from `position` on.
    private var pending: [UInt8]
    private var position = 0

    /// Makes a parser.
    /// - Parameters:
    ///   - boundary: From the request's `Content-Type`, see ``boundary(fromContentType:)``.
    ///   - limits: What a body may ask for.
    public init(boundary: String, limits: MultipartLimits = MultipartLimits()) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
        state = boundary.isEmpty ? .failed(.missingBoundary) : .preamble
        // The first boundary has no line end of its own when nothing stands before it.
        pending = ASCII.crlf
    }

    /// The boundary of a `multipart/form-data` content type; nil for another type or without a valid boundary.
    public static func boundary(fromContentType contentType: String) -> String? {
        guard let parsed = ParameterizedValue(ArraySlice(contentType.utf8)),
            parsed.value.lowercased() == "multipart/form-data", let boundary = parsed["boundary"],
            (1...200).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f })
        else { return nil }
        return boundary
    }

    /// Takes the next piece of the body, of any size.
    /// - Throws: ``MultipartError``; every later call throws the same.
    public mutating func push(_ bytes: [UInt8]) throws(MultipartError) -> [MultipartEvent] {
        pending.append(contentsOf: bytes)
        var events: [MultipartEvent] = []
        do throws(MultipartError) {
            while try step(&events) {}
        } catch {
            state = .failed(error)
            pending = []
            position = 0
            throw error
        }
        pending.removeFirst(position)
        position = 0
        return events
    }

    /// Tells the parser that the body is over.
    /// - Returns: no events; all that is certain was returned by ``push(_:)``.
    /// - Throws: ``MultipartError/missingTerminator`` or ``MultipartError/missingBoundary`` for a body that was cut.
    public mutating func finish() throws(MultipartError) -> [MultipartEvent] {
        switch state {
        case .epilogue: return []
        case .failed(let error): throw error
        case .preamble: throw .missingBoundary
        case .boundaryEnd, .headers, .dataStart, .data: throw .missingTerminator
        }
    }

    /// Goes on by one element.
    /// - Returns: false when more bytes are needed.
    private mutating func step(_ events: inout [MultipartEvent]) throws(MultipartError) -> Bool {
        switch state {
        case .preamble:
            let (end, isFound) = search(delimiter)
            guard end <= limits.maximumHeaderBytes else { throw .missingBoundary }
            guard isFound else { return false }
            position = end + delimiter.count
            state = .boundaryEnd
            return true
        case .boundaryEnd: return try endBoundary()
        case .headers(let lines, let bytes): return try headerLine(lines, bytes, &events)
        case .dataStart:
            let (end, isFound) = search(delimiter)
            if end > position { position += 2 } else if !isFound { return false }
            state = .data
            return true
        case .data:
            let (end, isFound) = search(delimiter)
            if end > position { events.append(.data(Array(pending[position..<end]))) }
            position = end
            guard isFound else { return false }
            position += delimiter.count
            events.append(.partEnded)
            state = .boundaryEnd
            return true
        case .epilogue:
            position = pending.count
            return false
        case .failed(let error): throw error
        }
    }

    private mutating func endBoundary() throws(MultipartError) -> Bool {
        guard pending.count - position >= 2 else { return false }
        if pending[position] == UInt8(ascii: "-") {
            guard pending[position + 1] == UInt8(ascii: "-") else { throw .malformedHeader }
            state = .epilogue
            return true
        }
        // RFC 2046: transport padding may follow a boundary.
        let (end, isFound) = search(ASCII.crlf)
        let padding = pending[position..<end]
        guard padding.count <= limits.maximumHeaderBytes, padding.allSatisfy({ $0 == ASCII.space || $0 == ASCII.tab })
        else { throw .malformedHeader }
        guard isFound else { return false }
        position = end + 2
        partCount += 1
        guard partCount <= limits.maximumParts else { throw .tooManyParts }
        state = .headers(lines: [], bytes: 0)
        return true
    }

    private mutating func headerLine(
        _ lines: [[UInt8]], _ bytes: Int, _ events: inout [MultipartEvent]
    ) throws(MultipartError) -> Bool {
        let (end, isFound) = search(ASCII.crlf)
        guard bytes + end - position <= limits.maximumHeaderBytes else { throw .headerTooLarge }
        guard isFound else { return false }
        let line = Array(pending[position..<end])
        if line.isEmpty {
            events.append(.partBegan(try MultipartPart(headerLines: lines)))
            state = .dataStart
        } else {
            state = .headers(lines: lines + [line], bytes: bytes + line.count + 2)
            position = end + 2
        }
        return true
    }

    /// Finds a sequence that begins with a carriage return.
    /// - Returns: where it begins, or else up to where it certainly doesn't.
    private func search(_ sequence: [UInt8]) -> (end: Int, isFound: Bool) {
        pending.withUnsafeBufferPointer { pending in
            var start = position
            while start < pending.count {
                let rest = UnsafeBufferPointer(rebasing: pending[start...])
                guard let base = rest.baseAddress, let hit = memchr(base, CInt(ASCII.carriageReturn), rest.count) else {
                    return (pending.count, false)
                }
                start += UnsafeRawPointer(hit) - UnsafeRawPointer(base)
                let candidate = pending[start...].prefix(sequence.count)
                if sequence.starts(with: candidate) { return (start, candidate.count == sequence.count) }
                start += 1
            }
            return (pending.count, false)
        }
    }
}
