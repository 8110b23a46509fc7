import Foundation

/// A model hub on this machine, with faults on request: `Tests/EndToEndTests/clients/hub_server.py`.
public final class LocalHub: Sendable {
    /// A request that it was sent.
    public struct Request: Sendable, Decodable {
        /// `api`, `hub` or `storage`.
        public let place: String
        /// Path and query.
        public let path: String
        /// Status of the answer.
        public let status: Int
        /// The headers `Range`, `If-Range` and `Authorization`.
        public let range: String?
        /// See above.
        public let ifRange: String?
        /// See above.
        public let authorization: String?

        private enum CodingKeys: String, CodingKey {
            case place, path, status, range, authorization
            case ifRange = "if_range"
        }
    }

    /// What it is to do wrong, as the server's documentation says.
    public struct Fault: Sendable, Encodable {
        let on: String
        let match: String
        let kind: String
        let times: Int
        let skip: Int
        var bytes: Int?
        var status: Int?
        var to: String?
        var headers: [String: String]?

        /// Makes a fault.
        public init(
            _ kind: String, on place: String, match: String = "", times: Int = 1, skip: Int = 0, bytes: Int? = nil,
            status: Int? = nil, to: String? = nil, headers: [String: String]? = nil
        ) {
            on = place
            self.match = match
            self.kind = kind
            self.times = times
            self.skip = skip
            self.bytes = bytes
            self.status = status
            self.to = to
            self.headers = headers
        }
    }

    /// The server did not start or has ended.
    public struct Failure: Error {}

    private struct Addresses: Decodable {
        let hub: String
        let storage: String
    }

    private struct Server {
        let process: Process
        let input: FileHandle
        let output: FileHandle

        /// Sends a line, unless it is empty, and reads one.
        func exchange(_ line: Data) throws -> Data {
            if !line.isEmpty { try input.write(contentsOf: line + Data("\n".utf8)) }
            var answer = Data()
            while answer.last != UInt8(ascii: "\n") {
                guard let piece = try output.read(upToCount: 1), !piece.isEmpty else { throw Failure() }
                answer += piece
            }
            return answer
        }
    }

    private let server: Locked<Server>
    private let folder: TemporaryFolder

    /// Address of the hub.
    public let url: String
    /// Address of its storage.
    public let storageURL: String

    /// Starts a hub without repositories.
    public init() throws {
        guard let python = CommandLineTool("python3") else { throw Failure() }
        folder = try TemporaryFolder()
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python.path)
        process.arguments = [RepositoryFile.path("Tests/EndToEndTests/clients/hub_server.py"), folder.url.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let server = Server(
            process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading)
        let addresses = try JSONDecoder().decode(Addresses.self, from: server.exchange(Data()))
        (url, storageURL) = (addresses.hub, addresses.storage)
        self.server = Locked(server)
    }

    deinit { kill(server.update { $0.process.processIdentifier }, SIGKILL) }

    /// Puts files into a repository; those that are there stay.
    public func add(_ files: [String: [UInt8]], to repository: String) throws {
        for (name, bytes) in files {
            let file = folder.url.appendingPathComponent(repository).appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
    }

    /// Sets what goes wrong from now on.
    public func fail(_ faults: Fault...) throws { _ = try send(["faults": faults]) }

    /// Lets held answers go on.
    public func release() throws { _ = try send(["release": true]) }

    /// The requests since the last look.
    public func takeLog() throws -> [Request] {
        try JSONDecoder().decode([Request].self, from: send(["log": true]))
    }

    private func send(_ command: [String: some Encodable]) throws -> Data {
        let line = try JSONEncoder().encode(command)
        return try server.update { try $0.exchange(line) }
    }
}
