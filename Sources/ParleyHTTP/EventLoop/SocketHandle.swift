import CWebSockets
import Glibc

/// A socket that the library watches.
///
/// Valid from adoption until the library reports it closed; its owner forgets it then.
struct SocketHandle: Sendable {
    private nonisolated(unsafe) let wsi: OpaquePointer  // invariant: only used on the loop's thread

    init(_ wsi: OpaquePointer) { self.wsi = wsi }

    /// Asks for one "became writable" event.
    func requestWritable() { lws_callback_on_writable(wsi) }

    /// Lets the library read, or stops it so that the kernel's window stops the peer.
    func setReading(_ reads: Bool) { lws_rx_flow_control(wsi, reads ? 1 : 0) }

    /// Asks for a timer event, replacing an earlier one.
    func setTimer(after delay: Duration) {
        let (seconds, attoseconds) = delay.components
        lws_set_timer_usecs(wsi, max(1, lws_usec_t(seconds) * 1_000_000 + lws_usec_t(attoseconds / 1_000_000_000_000)))
    }

    /// Writes at most ``ServiceContext/bufferBytes``, only when the library said that the socket is writable.
    /// - Returns: false when the socket is broken.
    func write(_ bytes: inout [UInt8]) -> Bool {
        bytes.withUnsafeMutableBufferPointer { buffer in
            lws_write(wsi, buffer.baseAddress, buffer.count, LWS_WRITE_HTTP) >= 0  // in the raw role: as they are
        }
    }

    /// Whether the library holds back a part of the last write.
    var holdsUnsentBytes: Bool { lws_partial_buffered(wsi) != 0 }

    /// Whether the peer has ended the connection, behind bytes that were not read yet.
    var peerHasClosed: Bool { cwebsockets_peer_has_closed(lws_get_socket_fd(wsi)) }

    /// Tells the peer that nothing more will come, while its own bytes are still read.
    func endSending() { shutdown(lws_get_socket_fd(wsi), CInt(SHUT_WR)) }

    /// Closes in the next round of the loop; safe in and out of callbacks.
    func close() { lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC) }
}
