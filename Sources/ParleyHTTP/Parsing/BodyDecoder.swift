/// Finds the bytes of a request body in the byte stream (RFC 9112, 6).
///
/// libwebsockets hands over raw bytes and doesn't know of transfer codings, so framing is decided and undone here.
struct BodyDecoder {
    private enum Framing {
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
    }
    private var framing: Framing
    private let maximumBytes: Int
    private var decodedBytes = 0

    /// Whether the last byte of the body has been seen.
    var isComplete: Bool {
        switch framing {
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isComplete
        }
    }

    /// Decides the framing of a request.
    /// - Throws: what makes two readers disagree on where the body ends, and a declared length above `maximumBytes`.
    init(_ head: RequestHead, maximumBytes: Int) throws(HTTPProtocolError) {
        self.maximumBytes = maximumBytes
        let lengths = head.headers.all("content-length")
        let codings = head.headers.all("transfer-encoding")
        if !codings.isEmpty {
            guard lengths.isEmpty, head.minorVersion >= 1 else { throw .conflictingFraming }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else { throw .unsupportedTransferCoding }
            framing = .chunked(ChunkedDecoder())
            return
        }
        guard let text = lengths.first else {
            framing = .length(remaining: 0)
            return
        }
        guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy(ASCII.isDigit) else {
            throw .invalidContentLength
        }
        // Digits only, so what doesn't fit an Int is above every limit.
        guard let length = Int(text), length <= maximumBytes else { throw .bodyTooLarge(limitBytes: maximumBytes) }
        framing = .length(remaining: length)
    }

    /// Takes body bytes from the front of `input`; what follows the body stays there.
    mutating func decode(_ input: inout ArraySlice<UInt8>, into body: inout [UInt8]) throws(HTTPProtocolError) {
        switch framing {
        case .length(let remaining):
            let count = min(remaining, input.count)
            body.append(contentsOf: input.prefix(count))
            input = input.dropFirst(count)
            framing = .length(remaining: remaining - count)
        case .chunked(var decoder):
            framing = .length(remaining: 0)  // let go of the decoder, so that it is changed in place
            defer { framing = .chunked(decoder) }
            let before = body.count
            try decoder.decode(&input, into: &body)
            decodedBytes += body.count - before
            guard decodedBytes <= maximumBytes, decoder.announcedBytes <= maximumBytes - decodedBytes else {
                throw .bodyTooLarge(limitBytes: maximumBytes)
            }
        }
    }
}
