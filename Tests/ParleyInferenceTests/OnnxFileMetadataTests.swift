import ParleyCore
import ParleyTestSupport
import Testing

@testable import ParleyInference

@Suite struct OnnxFileMetadataTests {
    private static func read(_ bytes: [UInt8]) throws -> [String: String] {
        let folder = try TemporaryFolder()
        return try OnnxFileMetadata.read(path: folder.write("model.onnx", bytes), name: "test-model")
    }

    @Test func findsWhatIsBehindTheGraph() throws {
        let values = ["model_type": "whisper-mini", "empty": "", "languages": String(repeating: "en,", count: 100)]
        #expect(try Self.read(OnnxGraph.addition.model(metadata: values)) == values)
        #expect(try Self.read(OnnxGraph.addition.model()) == [:])
        #expect(try Self.read([]) == [:])
    }

    @Test func damageIsAnError() throws {
        let bytes = OnnxGraph.addition.model(metadata: ["key": "value"])
        for count in stride(from: 1, to: bytes.count, by: 1) {
            // A cut may fall between two fields; then there is less to find.
            if let error = inferenceError({ _ = try Self.read(Array(bytes.prefix(count))) }) {
                #expect(error.code == .modelCorrupt)
            }
        }
        let hostile: [[UInt8]] = [
            [0x72, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
            [0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0x72, 0x04, 0x0a, 0x7f, 0x41, 0x41], [0x72, 0x02, 0x08, 0x01], [0x07], [0x80], [0x09, 0x01],
            Array("version https://git-lfs.github.com/spec/v1\n".utf8),
        ]
        for bytes in hostile { #expect(inferenceError { _ = try Self.read(bytes) }?.code == .modelCorrupt) }
        let missing = inferenceError { _ = try OnnxFileMetadata.read(path: "/nothing.onnx", name: "test-model") }
        #expect(missing?.code == .modelMissing)
    }
}
