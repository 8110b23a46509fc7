/// From bytes to requests and their bodies.
extension Connection {
    /// Does what the received bytes allow.
    func advance() {
        while phase == .awaitingHead, !input.isEmpty {
            if !headParser.hasBegun, exchangeCount > 0 {
                clearDeadline(.idle)
                setDeadline(.header, after: configuration.headerDeadline)
            }
            do throws(HTTPProtocolError) {
                guard let head = try headParser.consume(&input) else { break }
                try begin(head)
            } catch {
                refuse(error)
            }
        }
        if phase == .exchanging { receiveBody() }
        updateFlow()
    }

    private func begin(_ head: RequestHead) throws(HTTPProtocolError) {
        exchangeCount += 1
        let number = exchangeCount
        let requestID = HTTPRequest.makeID()
        exchange = try Exchange(
            number: number, requestID: requestID, head: head, maximumBodyBytes: configuration.maximumBodyBytes)
        phase = .exchanging
        clearDeadline(.header)
        let request = HTTPRequest(
            id: requestID, method: head.method, path: head.target.path, query: head.target.query,
            headers: head.headers, remoteAddress: remoteAddress,
            body: HTTPBody { try await self.nextBodyPiece(of: number) })
        exchange?.task = Task.detached { await self.handle(request, exchange: number) }
    }

    private func receiveBody() {
        do throws(HTTPProtocolError) {
            try exchange?.receive(&input)
        } catch {
            failBody(error)
            return
        }
        exchange?.serveReader()
        if exchange?.reader == nil { clearDeadline(.body) }
    }

    /// Ends the body with an error and answers the request, unless its handler has begun to.
    func failBody(_ error: HTTPProtocolError) {
        exchange?.failBody(error.bodyError)
        exchange?.closes = true
        input = []
        clearDeadline(.body)
        guard exchange?.answer == .pending else { return }
        exchange?.task?.cancel()
        sendRefusal(error)
    }

    /// Answers what is no acceptable request and ends the connection.
    func refuse(_ error: HTTPProtocolError) {
        exchangeCount += 1
        exchange = Exchange(refused: exchangeCount, requestID: HTTPRequest.makeID())
        phase = .exchanging
        input = []
        clearDeadline(.header)
        clearDeadline(.idle)
        sendRefusal(error)
    }

    /// Called by a reader of the body, in its task.
    func nextBodyPiece(of number: Int) async throws -> [UInt8]? {
        guard let current = exchange, current.number == number else { throw HTTPBodyError.disconnected }
        if let failure = current.bodyFailure { throw failure }
        try Task.checkCancellation()
        if let piece = exchange?.takeBody() {
            updateFlow()
            return piece
        }
        guard current.isReceiving else { return nil }
        guard current.reader == nil else { throw HTTPBodyError.disconnected }
        if current.awaitsContinue, current.answer == .pending {
            exchange?.awaitsContinue = false
            send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        setDeadline(.body, after: configuration.bodyIdleTimeout)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { exchange?.reader = $0 }
        } onCancel: {
            Task { await self.cancelReader(of: number) }
        }
    }

    private func cancelReader(of number: Int) {
        guard exchange?.number == number, let reader = exchange?.reader else { return }
        exchange?.reader = nil
        clearDeadline(.body)
        reader.resume(throwing: CancellationError())
    }
}
