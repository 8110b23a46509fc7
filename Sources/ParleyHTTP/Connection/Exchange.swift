/// One request and its answer, as its connection sees them.
struct Exchange {
    /// How far the answer is.
    enum Answer: Equatable {
        case pending
        case streaming(isChunked: Bool)
        /// All of it is in the output queue.
        case complete
        /// The handler gave up in the middle; the connection is cut so that the client sees it.
        case cut
    }

    /// Tells the exchanges of a connection apart: a body or a writer may outlive its own.
    let number: Int
    let requestID: String
    let isHead: Bool
    let isHTTP10: Bool
    /// Whether the connection ends after the answer.
    var closes: Bool
    /// The client waits for `100 Continue` before it sends the body.
    var awaitsContinue: Bool
    var answer = Answer.pending
    var task: Task<Void, Never>?
    /// Received body bytes that were not read yet.
    var body: [UInt8] = []
    /// Why the body ends before its end.
    var bodyFailure: HTTPBodyError?
    var reader: CheckedContinuation<[UInt8]?, any Error>?
    private var decoder: BodyDecoder?

    /// An exchange for a request with a valid head.
    init(number: Int, requestID: String, head: RequestHead, maximumBodyBytes: Int) throws(HTTPProtocolError) {
        let expectations = head.headers.tokens("expect")
        guard expectations.allSatisfy({ $0 == "100-continue" }) else { throw .unsupportedExpectation }
        let decoder = try BodyDecoder(head, maximumBytes: maximumBodyBytes)
        self.number = number
        self.requestID = requestID
        self.decoder = decoder
        isHead = head.method == "HEAD"
        isHTTP10 = head.minorVersion == 0
        closes = !head.keepsAlive
        awaitsContinue = !expectations.isEmpty && !isHTTP10 && !decoder.isComplete
    }

    /// An exchange for what is no request: only to carry the refusal.
    init(refused number: Int, requestID: String) {
        self.number = number
        self.requestID = requestID
        isHead = false
        isHTTP10 = false
        closes = true
        awaitsContinue = false
    }

    /// Whether bytes of the body are still to come from the peer.
    var isReceiving: Bool { bodyFailure == nil && decoder?.isComplete == false }

    /// Whether nothing that still arrives matters: all is answered, and no request follows.
    ///
    /// It is taken in and dropped all the same, because a peer may read nothing before it has sent everything.
    var dropsInput: Bool { closes && answer == .complete }

    /// Takes body bytes from the front of `input`; what follows the body stays there.
    mutating func receive(_ input: inout ArraySlice<UInt8>) throws(HTTPProtocolError) {
        guard isReceiving, !input.isEmpty else { return }
        awaitsContinue = false
        try decoder?.decode(&input, into: &body)
    }

    /// Hands waiting bytes, or the end, to a suspended reader.
    mutating func serveReader() {
        guard let reader, !body.isEmpty || !isReceiving else { return }
        self.reader = nil
        reader.resume(returning: takeBody())
    }

    /// The received bytes, nil when there are none.
    mutating func takeBody() -> [UInt8]? {
        guard !body.isEmpty else { return nil }
        defer { body = [] }
        return body
    }

    /// Ends the body before its end; the first reason stays.
    mutating func failBody(_ error: HTTPBodyError) {
        bodyFailure = bodyFailure ?? error
        body = []
        reader?.resume(throwing: bodyFailure ?? error)
        reader = nil
    }
}
