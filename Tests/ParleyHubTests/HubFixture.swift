import Foundation
import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyHub

/// A hub with one small repository, and a data folder to pull it into.
struct HubFixture {
    static let repository = "parley/tiny"
    static let encoder = "onnx/encoder_model_int8.onnx"
    static let decoder = "onnx/decoder_model_merged_int8.onnx"

    let hub = Result { try LocalHub() }
    let data: TemporaryFolder
    var access: HubAccess

    init() throws {
        data = try TemporaryFolder()
        access = HubAccess(endpoint: try hub.get().url)
        access.retry.firstDelay = .milliseconds(1)
        try hub.get().add(Self.files, to: Self.repository)
    }

    private static let files: [String: [UInt8]] = [
        encoder: encoderBytes, decoder: decoderBytes, "onnx/encoder_model.onnx": bytes(400_000, seed: 3),
        "onnx/decoder_model_merged.onnx": bytes(250_000, seed: 4),
        "onnx/decoder_model_merged_q4.onnx": bytes(1_000, seed: 5), "pytorch_model.bin": [1, 2, 3],
        "tokenizer.json": Array("{}".utf8), "config.json": Array("{\"a\": 1}".utf8), "merges.txt": [],
        "README.md": Array("# Tiny".utf8),
    ]
    static let encoderBytes = bytes(300_000, seed: 1)
    static let decoderBytes = bytes(200_000, seed: 2)

    /// Bytes that repeat nowhere near.
    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }

    /// Pulls on a thread of its own.
    func pull(
        _ change: (inout PullRequest) -> Void = { _ in }, cancellation: CancellationFlag = CancellationFlag(),
        onEvent: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) async throws -> PullOutcome {
        var request = PullRequest(id: Self.repository, repository: Self.repository)
        change(&request)
        let (asked, pull) = (request, ModelPull(dataDirectory: data.url.path, access: access))
        return try await BlockingLane(name: "pull").run {
            try pull.run(asked, cancellation: cancellation, onEvent: onEvent)
        }
    }

    /// The error of a pull that must not succeed.
    func failure(_ change: (inout PullRequest) -> Void = { _ in }) async -> HubError? {
        do {
            _ = try await pull(change)
            return nil
        } catch {
            return error as? HubError
        }
    }

    /// Files in the data folder, without those of unfinished work.
    var installedFiles: [String] {
        files.filter { !$0.hasPrefix("models/.partial/") }
    }

    /// Parts of files that are being fetched.
    var parts: [String] { files.filter { $0.hasSuffix(".part") } }

    /// Bytes of a file in the data folder.
    func bytes(of path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: data.path(path)).map { Array($0) }
    }

    private var files: [String] {
        let all = (try? FileManager.default.subpathsOfDirectory(atPath: data.url.path)) ?? []
        return all.filter { FileSystem.size(data.path($0)) != nil }.sorted()
    }
}
