import Glibc
import ParleyCore

/// A client over one blocking socket, on a thread of its own: the requests of these tests are bytes that no HTTP
/// client would send.
final class TestClient: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: CInt
    private let lane = BlockingLane(name: "client")

    /// Connects to a port of this machine.
    init(port: Int, receiveBufferBytes: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: errno \(errno)") }
        if var size = receiveBufferBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var patience = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(description: "no connection: errno \(errno)") }
    }

    deinit { close(descriptor) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends all bytes.
    func send(_ bytes: [UInt8]) async throws {
        try await lane.run { [descriptor] in try Self.send(bytes, to: descriptor) }
    }

    /// Sends a little while another call of this client is waiting.
    func sendBeside(_ text: String) throws { try Self.send(Array(text.utf8), to: descriptor) }

    /// Sends the same bytes again and again until the peer takes no more.
    /// - Returns: how many bytes went out.
    func sendRepeatedly(_ bytes: [UInt8], count: Int) async throws -> Int {
        try await lane.run { [descriptor] in
            for sent in 0..<count {
                do { try Self.send(bytes, to: descriptor) } catch { return sent * bytes.count }
            }
            return count * bytes.count
        }
    }

    /// The next bytes that arrive, empty at the end.
    func receive(limit: Int = 65_536) async throws -> [UInt8] {
        try await lane.run { [descriptor] in try Self.receive(from: descriptor, limit: limit) }
    }

    /// Everything up to the end of the connection.
    func receiveAll() async throws -> String {
        try await lane.run { [descriptor] in
            var all: [UInt8] = []
            while true {
                let bytes = try Self.receive(from: descriptor, limit: 65_536)
                if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
                all += bytes
            }
        }
    }

    /// One whole response; exactly its bytes are taken from the connection.
    func response(toHead: Bool = false) async throws -> TestResponse {
        try await lane.run { [descriptor] in
            try TestResponse(hasBody: !toHead) { try Self.receive(from: descriptor, limit: $0) }
        }
    }

    /// Sends a request and reads its response.
    func exchange(_ text: String) async throws -> TestResponse {
        try await send(text)
        return try await response()
    }

    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Closes the connection in both directions; later calls fail.
    func disconnect() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    /// Makes the system send a reset when this client goes.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func send(_ bytes: [UInt8], to descriptor: CInt) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "sent \(sent) of \(bytes.count): errno \(errno)") }
            sent += count
        }
    }

    private static func receive(from descriptor: CInt, limit: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, limit, 0)
        guard count >= 0 else { throw Failure(description: "nothing received: errno \(errno)") }
        return Array(buffer.prefix(count))
    }
}

/// A response as it came over the wire.
struct TestResponse: Sendable {
    var status = 0
    var head = ""
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header.
    func header(_ name: String) -> String? {
        head.split(separator: "\r\n").dropFirst()
            .map { $0.split(separator: ":", maxSplits: 1).map { String($0).trimmingSpaces() } }
            .first { $0.count == 2 && $0[0].lowercased() == name.lowercased() }?[1]
    }

    /// Reads a response with a function that gives at most so many bytes.
    init(hasBody: Bool, receive: (Int) throws -> [UInt8]) throws {
        func exactly(_ count: Int) throws -> [UInt8] {
            var bytes: [UInt8] = []
            while bytes.count < count {
                let more = try receive(count - bytes.count)
                guard !more.isEmpty else { throw TestClient.Failure(description: "ended after \(head)") }
                bytes += more
            }
            return bytes
        }
        func line(endingWith end: String) throws -> String {
            var bytes: [UInt8] = []
            while !bytes.ends(with: Array(end.utf8)) { bytes += try exactly(1) }
            return String(decoding: bytes, as: UTF8.self)
        }
        head = try line(endingWith: "\r\n\r\n")
        status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        guard hasBody, status >= 200, status != 204, status != 304 else { return }
        if header("transfer-encoding") == "chunked" {
            while true {
                let size = Int(try line(endingWith: "\r\n").dropLast(1), radix: 16) ?? -1
                guard size >= 0 else { throw TestClient.Failure(description: "bad chunk") }
                body += try exactly(size)
                _ = try exactly(2)
                if size == 0 { return }
            }
        } else if let length = header("content-length").flatMap({ Int($0) }) {
            body = try exactly(length)
        } else {
            while case let bytes = try receive(65_536), !bytes.isEmpty { body += bytes }
        }
    }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...] == suffix[...]
    }
}

extension String {
    fileprivate func trimmingSpaces() -> String { split(separator: " ").joined(separator: " ") }
}
