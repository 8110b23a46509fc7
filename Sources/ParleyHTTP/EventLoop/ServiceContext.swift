import CWebSockets
import Glibc

/// Owns a libwebsockets context.
///
/// Used on the loop's thread only; it is closed when the last reference goes, there.
final class ServiceContext: Sendable {
    /// Bytes that one read may bring and one write may take.
    static let bufferBytes = 64 << 10
    /// Above this many file descriptors allowed to the process, the library's table of all of them costs too much.
    private static let largestDescriptorTable = 65_536

    private nonisolated(unsafe) let context: OpaquePointer  // invariant: only used on the loop's thread
    private nonisolated(unsafe) let host: OpaquePointer  // invariant: as above
    private nonisolated(unsafe) let protocols: UnsafeMutablePointer<lws_protocols>  // invariant: the library's
    private nonisolated(unsafe) let name: UnsafeMutablePointer<CChar>  // invariant: the library's

    /// The address of the context, for waking it from other threads.
    var address: UInt { UInt(bitPattern: context) }

    /// Opens a context without a listening socket of the library's own.
    ///
    /// Sockets are adopted in the library's *raw* role and HTTP/1.1 is parsed by this module. The library's own HTTP
    /// role (4.1.6) accepts two Content-Lengths, hands chunked bodies over undecoded and loses what follows them,
    /// stalls on a header line without a colon, answers neither 431 nor 100-continue, and rewrites paths; none of it
    /// can be put right from its callbacks. The raw role keeps what the library is good at: sockets, TLS, timers.
    init?(maximumSockets: Int, acceptor: Acceptor) {
        guard let name = strdup("parley") else { return nil }
        let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
        protocols.initialize(repeating: lws_protocols(), count: 2)
        protocols[0].name = UnsafePointer(name)
        protocols[0].callback = serviceCallback
        // A refused peer must not be able to fill the log; failures reach the caller as values.
        lws_set_log_level(0, nil)
        var info = lws_context_creation_info()
        info.port = CONTEXT_PORT_NO_LISTEN
        info.protocols = UnsafePointer(protocols)
        info.pt_serv_buf_size = UInt32(Self.bufferBytes)
        info.user = Unmanaged.passUnretained(acceptor).toOpaque()
        if sysconf(Int32(_SC_OPEN_MAX)) > Self.largestDescriptorTable {
            info.fd_limit_per_thread = UInt32(clamping: maximumSockets + 16)
        }
        guard let context = lws_create_context(&info), let host = lws_get_vhost_by_name(context, "default") else {
            protocols.deallocate()
            free(name)
            return nil
        }
        self.context = context
        self.protocols = protocols
        self.name = name
        self.host = host
    }

    deinit {
        lws_context_destroy(context)
        protocols.deallocate()
        free(name)
    }

    /// Waits for events, a timer or a wake-up, and serves them.
    func serviceOnce() {
        lws_service(context, 0)
    }

    /// Puts a listening socket under the loop; its events go to the acceptor.
    func watch(listening descriptor: CInt) -> SocketHandle? {
        adopt(lws_sock_file_fd_type(filefd: descriptor), as: LWS_ADOPT_RAW_FILE_DESC, connection: nil)
    }

    /// Puts an accepted socket under the loop; closes it and returns nil when there is no room.
    /// - Parameter connection: Gets the events; whoever adopts keeps it alive until it was told of the close.
    func adopt(accepted descriptor: CInt, connection: Connection) -> SocketHandle? {
        adopt(lws_sock_file_fd_type(sockfd: descriptor), as: LWS_ADOPT_SOCKET, connection: connection)
    }

    private func adopt(
        _ descriptor: lws_sock_file_fd_type, as kind: lws_adoption_type, connection: Connection?
    ) -> SocketHandle? {
        var description = lws_adopt_desc_t()
        description.vh = host
        description.type = kind
        description.fd = descriptor
        description.opaque = connection.map { Unmanaged.passUnretained($0).toOpaque() }
        return lws_adopt_descriptor_vhost_via_info(&description).map(SocketHandle.init)
    }
}

/// The library's events, on the loop's thread.
///
/// A value other than 0 makes the library close the socket.
private func serviceCallback(
    wsi: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
    input: UnsafeMutableRawPointer?, count: Int
) -> CInt {
    guard let wsi else { return 0 }
    switch reason {
    case LWS_CALLBACK_RAW_RX_FILE:
        acceptor(of: wsi)?.assumeIsolated { $0.acceptPending() }
    case LWS_CALLBACK_RAW_RX:
        guard let input, let connection = connection(of: wsi) else { return -1 }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: input, count: count))
        return connection.assumeIsolated { $0.received(bytes[...]) } ? 0 : -1
    case LWS_CALLBACK_RAW_WRITEABLE:
        guard let connection = connection(of: wsi) else { return -1 }
        return connection.assumeIsolated { $0.becameWritable() } ? 0 : -1
    case LWS_CALLBACK_TIMER:
        guard let connection = connection(of: wsi) else {
            acceptor(of: wsi)?.assumeIsolated { $0.resumeAccepting() }
            return 0
        }
        return connection.assumeIsolated { $0.timerFired() } ? 0 : -1
    case LWS_CALLBACK_RAW_CLOSE:
        guard let connection = connection(of: wsi) else { return 0 }
        lws_set_opaque_user_data(wsi, nil)
        connection.assumeIsolated { $0.socketClosed() }
        acceptor(of: wsi)?.assumeIsolated { $0.remove(connection) }
    default: break
    }
    return 0
}

private func connection(of wsi: OpaquePointer) -> Connection? {
    lws_get_opaque_user_data(wsi).map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
}

private func acceptor(of wsi: OpaquePointer) -> Acceptor? {
    lws_get_context(wsi).flatMap(lws_context_user).map { Unmanaged<Acceptor>.fromOpaque($0).takeUnretainedValue() }
}
