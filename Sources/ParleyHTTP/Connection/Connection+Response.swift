/// From answers to bytes.
extension Connection {
    /// Runs the handler and sends what it answers.
    ///
    /// Runs outside the loop's thread, as the task of the exchange.
    nonisolated func handle(_ request: HTTPRequest, exchange number: Int) async {
        let response = await service.handler(request)
        switch response.body {
        case .bytes(let bytes): await send(response, bytes, exchange: number)
        case .stream(let produce):
            guard await beginStream(response, exchange: number) else { return }
            do {
                try await produce(HTTPBodyWriter { try await self.write($0, exchange: number) })
                await endStream(exchange: number, isComplete: true)
            } catch {
                await endStream(exchange: number, isComplete: false)
            }
        }
    }

    /// The engine's own answer.
    func sendRefusal(_ error: HTTPProtocolError) {
        guard let exchange else { return }
        var response = service.errorResponse(error, exchange.requestID)
        if case .stream = response.body { response.body = .bytes([]) }
        guard case .bytes(let bytes) = response.body else { return }
        send(response, bytes, exchange: exchange.number)
    }

    private func send(_ response: HTTPResponse, _ bytes: [UInt8], exchange number: Int) {
        guard let current = exchange, current.number == number, current.answer == .pending, phase != .closed else {
            return
        }
        let allowsBody = Self.allowsBody(response.status)
        sendHead(response, framing: allowsBody ? .length(bytes.count) : .none)
        if allowsBody, !current.isHead { send(bytes) }
        exchange?.answer = .complete
        settle()
    }

    /// - Returns: whether a body is to follow.
    private func beginStream(_ response: HTTPResponse, exchange number: Int) -> Bool {
        guard let current = exchange, current.number == number, current.answer == .pending, phase != .closed else {
            return false
        }
        let allowsBody = Self.allowsBody(response.status)
        if current.isHTTP10 { exchange?.closes = true }
        sendHead(response, framing: !allowsBody ? .none : current.isHTTP10 ? .untilClose : .chunked)
        guard allowsBody, !current.isHead else {
            exchange?.answer = .complete
            settle()
            return false
        }
        exchange?.answer = .streaming(isChunked: !current.isHTTP10)
        return true
    }

    private func write(_ bytes: [UInt8], exchange number: Int) async throws {
        guard let current = exchange, current.number == number, phase != .closed,
            case .streaming(let isChunked) = current.answer
        else { throw HTTPBodyError.disconnected }
        try Task.checkCancellation()
        guard !bytes.isEmpty else { return }  // an empty chunk would end the body
        if isChunked {
            send(Array("\(String(bytes.count, radix: 16))\r\n".utf8))
            send(bytes)
            send(ASCII.crlf)
        } else {
            send(bytes)
        }
        guard output.count > configuration.responseBufferBytes else { return }
        writerCount += 1
        let writer = writerCount
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { writers[writer] = $0 }
        } onCancel: {
            Task { await self.cancelWriter(writer) }
        }
    }

    private func cancelWriter(_ writer: Int) {
        writers.removeValue(forKey: writer)?.resume(throwing: CancellationError())
    }

    func resumeWriters(with result: Result<Void, any Error>) {
        let waiting = writers.values
        writers = [:]
        for writer in waiting { writer.resume(with: result) }
    }

    private func endStream(exchange number: Int, isComplete: Bool) {
        guard let current = exchange, current.number == number, case .streaming(let isChunked) = current.answer else {
            return
        }
        if isComplete, isChunked { send(Array("0\r\n\r\n".utf8)) }
        exchange?.answer = isComplete ? .complete : .cut
        settle()
    }

    /// Goes on once the whole answer has left.
    func settle() {
        guard phase == .exchanging, let current = exchange, output.isEmpty, let socket, !socket.holdsUnsentBytes else {
            updateFlow()
            return
        }
        switch current.answer {
        case .pending, .streaming: break
        case .cut: socket.close()
        case .complete where current.closes: linger()
        case .complete: awaitNextRequest()
        }
    }

    private func sendHead(_ response: HTTPResponse, framing: ResponseHead.Framing) {
        guard let current = exchange else { return }
        // With a part of the body still to come, the next request can't be found: the connection ends.
        let closes = current.closes || current.isReceiving || isShuttingDown
        exchange?.closes = closes
        send(
            ResponseHead.encode(
                status: response.status, headers: response.headers, requestID: current.requestID, framing: framing,
                closes: closes))
    }

    func send(_ bytes: [UInt8]) {
        guard let socket else { return }
        if output.isEmpty { setDeadline(.write, after: configuration.writeIdleTimeout) }
        output.append(bytes)
        socket.requestWritable()
    }

    private static func allowsBody(_ status: Int) -> Bool { status != 204 && status != 304 }
}
