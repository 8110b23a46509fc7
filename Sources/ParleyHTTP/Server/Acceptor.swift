import Glibc

/// Takes in connections, knows those that are open, and drains them at the end.
actor Acceptor {
    /// Connections above the limit that are still told 503; those above are closed without a word.
    private static let maximumRefusals = 64

    nonisolated let loop = EventLoop()
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let service: HTTPService
    private var context: ServiceContext?
    private var listener: (handle: SocketHandle, descriptor: CInt)?
    private var connections: [ObjectIdentifier: Connection] = [:]
    /// Those of the connections that came above the limit and are only there to be told so.
    private var refused: Set<ObjectIdentifier> = []
    private var isShuttingDown = false
    private var drainWaiters: [CheckedContinuation<Void, Never>] = []

    init(service: HTTPService) { self.service = service }

    /// Starts the loop with a listening socket, which it owns from here on.
    nonisolated func start(listening descriptor: CInt) async throws(HTTPServerError) {
        try await loop.start(
            maximumSockets: service.configuration.maximumConnections + Self.maximumRefusals, acceptor: self,
            listening: descriptor)
    }

    /// Ends the server as its owner's `shutdown` says.
    ///
    /// The loop must have been started.
    nonisolated func shutdown(grace: Duration) async {
        await drain(grace: grace)
        await loop.stop()
    }

    private func drain(grace: Duration) async {
        beginShutdown()
        guard !connections.isEmpty else { return }
        let deadline = Task {
            try await Task.sleep(for: grace)
            abortConnections()
        }
        await withCheckedContinuation { drainWaiters.append($0) }
        deadline.cancel()
    }

    private func beginShutdown() {
        isShuttingDown = true
        listener?.handle.close()
        listener = nil
        for connection in connections.values { connection.assumeIsolated { $0.beginShutdown() } }
    }

    private func abortConnections() {
        for connection in connections.values { connection.assumeIsolated { $0.abort() } }
    }

    // MARK: Events of the loop

    /// The library is up.
    /// - Returns: false when the listening socket couldn't be watched.
    func attach(_ context: ServiceContext, listening descriptor: CInt) -> Bool {
        self.context = context
        listener = context.watch(listening: descriptor).map { ($0, descriptor) }
        return listener != nil
    }

    /// The library is about to go.
    func detach() {
        listener = nil
        context = nil
    }

    /// Connections are pending.
    func acceptPending() {
        guard let listener, !isShuttingDown else { return }
        for _ in 0..<64 {
            switch ListeningSocket.accept(from: listener.descriptor) {
            case .nonePending: return
            case .accepted(let descriptor, let remoteAddress): admit(descriptor, remoteAddress)
            case .exhausted:
                // The socket stays readable; without a pause the loop would spin until a descriptor is free.
                listener.handle.setReading(false)
                listener.handle.setTimer(after: .milliseconds(100))
                return
            }
        }
    }

    /// The pause after running out of descriptors is over.
    func resumeAccepting() {
        listener?.handle.setReading(true)
    }

    /// A connection's socket is closed.
    func remove(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        refused.remove(ObjectIdentifier(connection))
        guard isShuttingDown, connections.isEmpty else { return }
        for waiter in drainWaiters { waiter.resume() }
        drainWaiters = []
    }

    private func admit(_ descriptor: CInt, _ remoteAddress: String) {
        let isRefused = connections.count - refused.count >= service.configuration.maximumConnections
        guard let context, !isRefused || refused.count < Self.maximumRefusals else {
            close(descriptor)
            return
        }
        let connection = Connection(loop: loop, service: service, remoteAddress: remoteAddress)
        connections[ObjectIdentifier(connection)] = connection
        if isRefused { refused.insert(ObjectIdentifier(connection)) }
        guard let handle = context.adopt(accepted: descriptor, connection: connection) else {
            remove(connection)
            return
        }
        connection.assumeIsolated { $0.opened(handle, isRefused: isRefused) }
    }
}
