import Foundation

/// A listening socket on a free port of this machine.
final class LoopbackListener {
    struct Failure: Error {}

    let port: Int
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) { [descriptor] bytes -> Int32 in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            guard bind(descriptor, pointer, length) == 0, listen(descriptor, 1) == 0 else { return -1 }
            return getsockname(descriptor, pointer, &length)
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard code == 0 else { throw Failure() }
    }

    deinit { close(descriptor) }
}
