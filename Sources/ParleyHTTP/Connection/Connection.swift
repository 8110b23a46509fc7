/// One client connection: reads requests, runs their handlers one after the other, writes the answers.
///
/// All state lives on the loop's thread. Handlers run elsewhere and reach it through ``HTTPBody`` and
/// ``HTTPBodyWriter``, which know the number of their exchange. Its parts: this file has the events of the socket and
/// the deadlines, `Connection+Request` turns bytes into requests and bodies, `Connection+Response` turns answers into
/// bytes.
actor Connection {
    enum Phase {
        /// Between requests, or in the middle of a request head.
        case awaitingHead
        /// A request is at work or its answer is being written.
        case exchanging
        /// Everything is said; what the peer still sends is dropped until it ends too.
        case lingering
        case closed
    }

    /// How often a connection that isn't read from is asked whether its peer is gone.
    private static let probeInterval = Duration.milliseconds(200)
    /// Bytes of further requests that are taken in while one is at work.
    private static let pipelineBytes = 64 << 10

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    nonisolated let service: HTTPService
    let remoteAddress: String

    var socket: SocketHandle?
    var phase = Phase.awaitingHead
    /// Received bytes that were not parsed yet.
    var input: ArraySlice<UInt8> = []
    var headParser: RequestHeadParser
    var exchange: Exchange?
    var exchangeCount = 0
    var output = OutputQueue()
    /// Writers that wait for the peer to take bytes.
    var writers: [Int: CheckedContinuation<Void, any Error>] = [:]
    var writerCount = 0
    var isShuttingDown = false

    private var deadlines = Deadlines()
    private var armedTimer: ContinuousClock.Instant?
    private var isReading = true
    private var droppedBytes = 0

    nonisolated var configuration: HTTPServerConfiguration { service.configuration }

    init(loop: EventLoop, service: HTTPService, remoteAddress: String) {
        self.loop = loop
        self.service = service
        self.remoteAddress = remoteAddress
        headParser = RequestHeadParser(maximumBytes: service.configuration.maximumHeaderBytes)
    }

    // MARK: Events of the socket; false asks the library to close it

    func opened(_ socket: SocketHandle, isRefused: Bool) {
        self.socket = socket
        if isRefused { refuse(.tooManyConnections) } else { setDeadline(.header, after: configuration.headerDeadline) }
    }

    func received(_ bytes: ArraySlice<UInt8>) -> Bool {
        if phase == .lingering || exchange?.dropsInput == true {
            droppedBytes += bytes.count
            return droppedBytes <= configuration.lingerBytes
        }
        if input.isEmpty { input = bytes } else { input.append(contentsOf: bytes) }
        advance()
        return true
    }

    func becameWritable() -> Bool {
        guard let socket else { return false }
        if var bytes = output.pop(limit: ServiceContext.bufferBytes) {
            guard socket.write(&bytes) else { return false }
        }
        if output.count <= configuration.responseBufferBytes / 2 { resumeWriters(with: .success(())) }
        if !output.isEmpty { socket.requestWritable() }
        if output.isEmpty, !socket.holdsUnsentBytes {
            clearDeadline(.write)
            settle()
        } else {
            setDeadline(.write, after: configuration.writeIdleTimeout)
        }
        updateFlow()
        return true
    }

    func timerFired() -> Bool {
        armedTimer = nil
        for kind in deadlines.takeExpired(at: .now) {
            switch kind {
            case .header:
                guard headParser.hasBegun else { return false }
                refuse(.headerTimeout)
            case .body: failBody(.bodyTimeout)
            case .probe:
                if socket?.peerHasClosed ?? true { return false }
                setDeadline(.probe, after: Self.probeInterval)
            case .idle, .write, .linger: return false
            }
        }
        if let next = deadlines.next { arm(next) }
        return true
    }

    /// The socket is gone, whoever closed it: nothing may wait for it any more.
    func socketClosed() {
        socket = nil
        phase = .closed
        input = []
        output.removeAll()
        deadlines.removeAll()
        let isTruncated = exchange?.isReceiving == true
        exchange?.failBody(isTruncated ? .truncated : .disconnected)
        exchange?.task?.cancel()
        exchange?.task = nil
        resumeWriters(with: .failure(HTTPBodyError.disconnected))
    }

    // MARK: Shutdown

    /// No further request is taken; a connection without one is closed.
    func beginShutdown() {
        isShuttingDown = true
        switch phase {
        case .awaitingHead: if !headParser.hasBegun { socket?.close() }
        case .lingering: setDeadline(.linger, after: .seconds(1))
        case .exchanging, .closed: break
        }
    }

    /// The grace is over.
    func abort() {
        exchange?.failBody(.disconnected)
        exchange?.task?.cancel()
        socket?.close()
    }

    // MARK: Parts of the phases

    /// Waits for the next request on this connection.
    func awaitNextRequest() {
        exchange = nil
        phase = .awaitingHead
        headParser = RequestHeadParser(maximumBytes: configuration.maximumHeaderBytes)
        setDeadline(.idle, after: configuration.idleTimeout)
        advance()
    }

    /// Ends our side and drops what the peer still sends, for a bounded time: closing at once with unread bytes would
    /// reset the connection and could destroy the answer before the peer has read it (RFC 9112, 9.6).
    func linger() {
        exchange?.failBody(.disconnected)
        exchange = nil
        phase = .lingering
        input = []
        deadlines.removeAll()
        socket?.endSending()
        let timeout = isShuttingDown ? min(.seconds(1), configuration.lingerTimeout) : configuration.lingerTimeout
        setDeadline(.linger, after: timeout)
        updateFlow()
    }

    /// Reads from the peer, or leaves its bytes to the kernel, whose window then stops it.
    func updateFlow() {
        guard let socket else { return }
        let wantsInput =
            switch phase {
            case .awaitingHead, .lingering: true
            case .exchanging where exchange?.dropsInput == true: true
            case .exchanging:
                exchange?.isReceiving == true
                    ? (exchange?.body.count ?? 0) < configuration.bodyBufferBytes : input.count < Self.pipelineBytes
            case .closed: false
            }
        // While the library holds unsent bytes it ignores input without unsubscribing from it, and would spin.
        let reads = wantsInput && !socket.holdsUnsentBytes
        guard reads != isReading else { return }
        isReading = reads
        socket.setReading(reads)
        // The end of a connection shows by reading; without it, the socket is asked. (An end that waits behind bytes
        // for which there is no room yet can't be seen by anyone.)
        if reads { clearDeadline(.probe) } else { setDeadline(.probe, after: Self.probeInterval) }
    }

    // MARK: Deadlines

    func setDeadline(_ kind: Deadlines.Kind, after delay: Duration) {
        let instant = ContinuousClock.now + delay
        deadlines[kind] = instant
        arm(instant)
    }

    func clearDeadline(_ kind: Deadlines.Kind) { deadlines[kind] = nil }

    /// Sets the timer unless it fires earlier anyway; it is then set again for what is left.
    private func arm(_ instant: ContinuousClock.Instant) {
        if let armedTimer, armedTimer <= instant { return }
        armedTimer = instant
        socket?.setTimer(after: max(.zero, ContinuousClock.now.duration(to: instant)))
    }
}
