import Foundation
import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

/// The API with fakes behind it and a spool folder of its own.
final class TestService: Sendable {
    let api: API
    let folder: String
    let transcriber: FakeTranscriber
    let admission: BoundedAdmission
    let models: FakeModelOperations
    let failures = Locked<[String]>([])

    init(
        transcriber: FakeTranscriber = FakeTranscriber(),
        admission: BoundedAdmission = BoundedAdmission(limits: .init(maximumActive: 8)),
        models: FakeModelOperations = FakeModelOperations(), voices: VoiceEnrolment? = nil,
        readiness: Readiness = .ready,
        configure: (inout APIConfiguration) -> Void = { _ in }
    ) throws {
        folder = FileManager.default.temporaryDirectory.path + "/parley-api-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.transcriber = transcriber
        self.admission = admission
        self.models = models
        var configuration = APIConfiguration()
        configuration.spoolParent = folder
        // A machine that is busy with other tests must not put signs of life into answers.
        configuration.keepAliveInterval = .seconds(600)
        configure(&configuration)
        api = try API(
            configuration: configuration, transcriber: transcriber, models: models, admission: admission,
            decoder: FakeDecoder(), voices: voices,
            deviceMemory: { [DeviceMemoryReport(device: "cpu", totalBytes: 1_000, freeBytes: 600)] },
            readiness: { readiness },
            reportFailure: { [failures] id, error in failures.update { $0.append("\(id) \(error)") } })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Uploads that lie on disk now.
    var spooledFiles: [String] {
        FileManager.default.enumerator(atPath: folder)?.allObjects.compactMap { $0 as? String }
            .filter { $0.contains("/") && !$0.hasSuffix("/lock") } ?? []
    }

    func get(_ path: String, method: String = "GET", headers: HTTPHeaders = [:]) async throws -> Answer {
        try await Answer(await api.handle(HTTPRequest(id: "req_1", method: method, path: path, headers: headers)))
    }

    func post(
        _ fields: [(String, String)], file: [UInt8]? = Array("audio".utf8), path: String = "/v1/audio/transcriptions",
        headers: HTTPHeaders = [:]
    ) async throws -> Answer {
        try await Answer(await respond(fields, file: file, path: path, headers: headers))
    }

    func respond(
        _ fields: [(String, String)], file: [UInt8]? = Array("audio".utf8), path: String = "/v1/audio/transcriptions",
        headers: HTTPHeaders = [:]
    ) async -> HTTPResponse {
        var form = MultipartForm()
        if let file { form.add("file", file, filename: "talk.wav") }
        for (name, value) in fields { form.add(name, Array(value.utf8)) }
        return await send(form.bytes, path: path, headers: headers)
    }

    /// Sends bytes as a multipart body.
    func send(_ bytes: [UInt8], path: String = "/v1/audio/transcriptions", headers: HTTPHeaders = [:]) async
        -> HTTPResponse
    {
        var all: HTTPHeaders = ["content-type": MultipartForm.contentType]
        for field in headers { all[field.name] = field.value }
        return await api.handle(
            HTTPRequest(id: "req_1", method: "POST", path: path, headers: all, body: HTTPBody(bytes)))
    }
}

/// A multipart body being written.
struct MultipartForm {
    static let contentType = "multipart/form-data; boundary=xyz"
    private var content: [UInt8] = []

    mutating func add(_ name: String, _ value: [UInt8], filename: String? = nil) {
        let file = filename.map { "; filename=\"\($0)\"" } ?? ""
        content += Array("--xyz\r\nContent-Disposition: form-data; name=\"\(name)\"\(file)\r\n\r\n".utf8)
        content += value + Array("\r\n".utf8)
    }

    var bytes: [UInt8] { content + Array("--xyz--\r\n".utf8) }
}

/// A response with its body read.
struct Answer {
    var status: Int
    var headers: HTTPHeaders
    var body: String

    init(_ response: HTTPResponse) async throws {
        status = response.status
        headers = response.headers
        switch response.body {
        case .bytes(let bytes): body = String(decoding: bytes, as: UTF8.self)
        case .stream(let write):
            let written = Locked<[UInt8]>([])
            try await write(HTTPBodyWriter { bytes in written.update { $0 += bytes } })
            body = String(decoding: written.value, as: UTF8.self)
        }
    }

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
    }

    /// The envelope's content; empty, and a failed test, unless exactly the four keys are there.
    var error: [String: Any] {
        let error = json["error"] as? [String: Any] ?? [:]
        #expect(Set(error.keys) == ["message", "type", "param", "code"] && json.count == 1, "\(body)")
        return error
    }
    var errorCode: String? { error["code"] as? String }
    var errorParam: String? { error["param"] as? String }
    var errorMessage: String { error["message"] as? String ?? "" }

    /// The JSON of each frame of an event stream.
    var frames: [[String: Any]] {
        body.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }.compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.dropFirst(6).utf8)) as? [String: Any]
        }
    }
}
