/// The limits and deadlines of a server.
public struct HTTPServerConfiguration: Sendable, Hashable {
    /// The address to listen on.
    ///
    /// Default `127.0.0.1`, reachable from this machine only.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes any free one.
    ///
    /// Default 0.
    public var port = 0
    /// Bytes of a request body; a longer declared length is answered with 413 unread.
    ///
    /// Default 2 GiB.
    public var maximumBodyBytes = 2 << 30
    /// Bytes of the request line and the headers together; more are answered with 431.
    ///
    /// Default 32 KiB.
    public var maximumHeaderBytes = 32 << 10
    /// Bytes of a body that are held for a reader before flow control stops the peer.
    ///
    /// Default 256 KiB.
    public var bodyBufferBytes = 256 << 10
    /// Bytes of an answer that wait for the peer before a writer suspends.
    ///
    /// Default 256 KiB.
    public var responseBufferBytes = 256 << 10
    /// Time for a whole request head from its first byte, and for the first byte of a new connection.
    ///
    /// Default 10 s.
    public var headerDeadline: Duration = .seconds(10)
    /// Time without a byte of a body that somebody waits for.
    ///
    /// Default 30 s.
    public var bodyIdleTimeout: Duration = .seconds(30)
    /// Time without the peer taking a byte of an answer that waits for it.
    ///
    /// Default 60 s.
    public var writeIdleTimeout: Duration = .seconds(60)
    /// Time between two requests on one connection.
    ///
    /// Default 60 s.
    public var idleTimeout: Duration = .seconds(60)
    /// After an answer that ends the connection, how long the rest of what the peer sends is read and dropped, so that
    /// the answer isn't lost to a connection reset.
    ///
    /// Default 10 s.
    public var lingerTimeout: Duration = .seconds(10)
    /// How many bytes are dropped at most meanwhile.
    ///
    /// Default 64 MiB.
    public var lingerBytes = 64 << 20
    /// Connections at the same time; further ones are answered with 503.
    ///
    /// Default 1,024.
    public var maximumConnections = 1_024

    /// The defaults.
    public init() {}

    /// The defaults, on another address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
