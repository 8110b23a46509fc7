import Glibc

/// A bound, listening TCP socket and the accepting of connections from it.
///
/// Opened here instead of by the library, which reports only that it failed: the caller learns why.
enum ListeningSocket {
    /// Binds and listens.
    /// - Parameters:
    ///   - host: A numeric address or a name; the first address of a name is taken.
    ///   - port: 0 takes any free port.
    /// - Returns: the descriptor, which the caller owns, and the address that it is bound to.
    static func open(host: String, port: Int) throws(HTTPServerError) -> (descriptor: CInt, port: Int) {
        guard (0...65_535).contains(port) else {
            throw HTTPServerError(.invalidAddress, "The port \(port) is not between 0 and 65535.")
        }
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        defer { if let found { freeaddrinfo(found) } }
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
            throw HTTPServerError(.invalidAddress, "The host \(host) is not an address of this machine.")
        }
        let flags = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.ai_family, flags, 0)
        guard descriptor >= 0 else { throw failure(errno, host: host, port: port) }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, listen(descriptor, SOMAXCONN) == 0 else {
            let code = errno
            close(descriptor)
            throw failure(code, host: host, port: port)
        }
        return (descriptor, boundPort(of: descriptor) ?? port)
    }

    /// What came of an attempt to accept.
    enum Outcome {
        case accepted(CInt, remoteAddress: String)
        case nonePending
        /// The process or the machine has no descriptor or memory left; trying again at once would spin.
        case exhausted
    }

    /// Takes one pending connection.
    static func accept(from descriptor: CInt) -> Outcome {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let accepted = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.accept(descriptor, $0, &length) }
        }
        guard accepted >= 0 else {
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            default: return .nonePending  // the loop reports the socket again if more are pending
            }
        }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        setOption(accepted, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        // Finds peers that vanished without a word while their request is at work.
        setOption(accepted, SOL_SOCKET, SO_KEEPALIVE, 1)
        setOption(accepted, CInt(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        setOption(accepted, CInt(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        setOption(accepted, CInt(IPPROTO_TCP), TCP_KEEPCNT, 4)
        return .accepted(accepted, remoteAddress: numericHost(&address, length))
    }

    private static func setOption(_ descriptor: CInt, _ level: CInt, _ name: CInt, _ value: CInt) {
        var value = value
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func numericHost(_ address: inout sockaddr_storage, _ length: socklen_t) -> String {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo($0, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            }
        }
        guard status == 0 else { return "unknown" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func boundPort(of descriptor: CInt) -> Int? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { return nil }
        // The port stands at the same place in both address families, in network order.
        return withUnsafeBytes(of: &address) { Int($0[2]) << 8 | Int($0[3]) }
    }

    private static func failure(_ code: CInt, host: String, port: Int) -> HTTPServerError {
        switch code {
        case EADDRINUSE:
            HTTPServerError(.addressInUse, "Port \(port) on \(host) is already in use; choose another port.")
        case EACCES:
            HTTPServerError(.permissionDenied, "Port \(port) needs more rights; choose a port above 1023.")
        case EADDRNOTAVAIL, EAFNOSUPPORT:
            HTTPServerError(.invalidAddress, "The host \(host) is not an address of this machine.")
        default:
            HTTPServerError(
                .bindFailed, "Port \(port) on \(host) can't be opened: \(String(cString: strerror(code))).")
        }
    }
}
