import Foundation
import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct UploadTests {
    private let model = ("model", "bundled")

    @Test func theFileArrivesOnDiskAsSentAndPrivate() async throws {
        let content = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761) }
        let service = try TestService()
        #expect(try await service.post([model], file: content).status == 200)
        let call = try #require(service.transcriber.calls.value.first)
        #expect(call.content == content && call.permissions == 0o600)
        #expect(call.input.displayName == "talk.wav")
        #expect(service.spooledFiles.isEmpty)
        let folder = try #require(try FileManager.default.contentsOfDirectory(atPath: service.folder).first)
        let mode = try FileManager.default.attributesOfItem(atPath: service.folder + "/" + folder)[.posixPermissions]
        #expect(mode as? Int == 0o700)
    }

    @Test(arguments: [
        ("../../etc/passwd", "passwd"), ("C:\\music\\a.mp3", "a.mp3"), ("..", "upload"), ("a\u{9B}b.wav", "ab.wav"),
        ("", "upload"),
    ])
    func fileNamesAreMadeSafe(sent: String, shown: String) async throws {
        var form = MultipartForm()
        form.add("model", Array("bundled".utf8))
        form.add("file", [1], filename: sent.replacing("\\", with: "\\\\"))
        let service = try TestService()
        let response = await service.send(form.bytes)
        #expect(response.status == 200)
        #expect(service.transcriber.calls.value.first?.input.displayName == shown)
    }

    @Test func tooMuchIsRefusedWhileItArrives() async throws {
        let service = try TestService { $0.maximumUploadBytes = 1_000 }
        let answer = try await service.post([model], file: [UInt8](repeating: 1, count: 1_200))
        #expect(answer.status == 413 && answer.error["type"] as? String == "server_error")
        #expect(answer.error["param"] is NSNull && answer.error["code"] is NSNull)
        #expect(answer.errorMessage.hasPrefix("Maximum content size limit (1000) exceeded ("))
        #expect(service.spooledFiles.isEmpty)
    }

    @Test func tooMuchIsRefusedBeforeItArrivesWhenItIsAnnounced() async throws {
        let service = try TestService { $0.maximumUploadBytes = 1_000 }
        let read = Locked(false)
        let body = HTTPBody {
            read.update { $0 = true }
            return nil
        }
        let response = await service.api.handle(
            HTTPRequest(
                method: "POST", path: "/v1/audio/transcriptions",
                headers: ["content-type": MultipartForm.contentType, "content-length": "99000000"], body: body))
        let answer = try await Answer(response)
        #expect(answer.status == 413 && !read.value)
        #expect(answer.errorMessage == "Maximum content size limit (1000) exceeded (99000000 bytes read)")
    }

    @Test(
        arguments: [
            (nil, "missing"), ("application/json", "application/json"), ("audio/wav", "audio/wav"),
            ("multipart/form-data", "boundary"), ("application/x-www-form-urlencoded", "multipart/form-data"),
        ] as [(String?, String)])
    func otherContentTypesAreExplained(contentType: String?, says: String) async throws {
        let service = try TestService()
        var headers = HTTPHeaders()
        headers["content-type"] = contentType
        let answer = try await Answer(
            await service.api.handle(
                HTTPRequest(method: "POST", path: "/v1/audio/transcriptions", headers: headers, body: HTTPBody([1]))))
        #expect(answer.status == 400 && answer.errorCode == "invalid_content_type")
        #expect(answer.errorMessage.contains(says))
    }

    @Test func aBodyCutOffHalfWayIs400() async throws {
        var form = MultipartForm()
        form.add("model", Array("bundled".utf8))
        form.add("file", [UInt8](repeating: 7, count: 5_000), filename: "a.wav")
        let service = try TestService()
        for length in [0, 1, 40, 3_000, form.bytes.count - 9] {
            let answer = try await Answer(await service.send(Array(form.bytes.prefix(length))))
            #expect(answer.status == 400 && !answer.errorMessage.isEmpty)
        }
        #expect(service.spooledFiles.isEmpty && service.transcriber.calls.value.isEmpty)
    }

    @Test(arguments: [
        (HTTPBodyError.truncated, 400), (.malformed, 400), (.disconnected, 499), (.tooLarge(limitBytes: 5), 413),
    ])
    func aBodyThatFailsIsAnsweredAndCleanedUp(error: HTTPBodyError, status: Int) async throws {
        var form = MultipartForm()
        form.add("file", [UInt8](repeating: 7, count: 900_000), filename: "a.wav")
        let pieces = Locked([Array(form.bytes.prefix(600_000))])
        let service = try TestService()
        let body = HTTPBody {
            let piece = pieces.update { $0.popLast() }
            guard let piece else { throw error }
            return piece
        }
        let answer = try await Answer(
            await service.api.handle(
                HTTPRequest(
                    method: "POST", path: "/v1/audio/transcriptions",
                    headers: ["content-type": MultipartForm.contentType], body: body)))
        #expect(answer.status == status)
        #expect(service.spooledFiles.isEmpty)
    }

    @Test func aPartWithoutANameIs400() async throws {
        let body = "--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--\r\n"
        let answer = try await Answer(await TestService().send(Array(body.utf8)))
        #expect(answer.status == 400 && answer.errorCode == "malformed_multipart")
        #expect(answer.errorMessage.contains("name"))
    }

    @Test func twoFilesAndNoFileAre400() async throws {
        let service = try TestService()
        let none = try await service.post([model], file: nil)
        #expect(none.status == 400 && none.errorParam == "file" && none.errorCode == "missing_required_parameter")
        var form = MultipartForm()
        form.add("file", [1], filename: "a.wav")
        form.add("file", [2], filename: "b.wav")
        let two = try await Answer(await service.send(form.bytes))
        #expect(two.status == 400 && two.errorParam == "file")
        #expect(service.spooledFiles.isEmpty)
    }

    @Test func textThatIsNotUTF8Is400() async throws {
        var form = MultipartForm()
        form.add("prompt", [0xC3, 0x28])
        let answer = try await Answer(await TestService().send(form.bytes))
        #expect(answer.status == 400 && answer.errorParam == "prompt")
    }

    @Test func filesAreRemovedWhenTheWorkFails() async throws {
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in [.failure(AudioError(.corrupt, "The recording is damaged."))] }
        let service = try TestService(transcriber: transcriber)
        let answer = try await service.post([model])
        #expect(answer.status == 400 && answer.errorMessage == "The recording is damaged.")
        #expect(service.spooledFiles.isEmpty && service.admission.status.active == 0)
    }

    @Test(arguments: [false, true]) func filesAreRemovedAndTheWorkStopsOnCancellation(streams: Bool) async throws {
        var transcriber = FakeTranscriber()
        let gate = Locked(false)
        transcriber.script = { _ in [.wait(gate)] }
        let service = try TestService(transcriber: transcriber)
        let task = Task {
            await service.respond([("model", "bundled"), ("stream", String(streams))])
        }
        while service.transcriber.calls.value.isEmpty { await Task.yield() }
        #expect(service.spooledFiles.count == 1)
        task.cancel()
        #expect(await task.value.status == 499)
        #expect(service.spooledFiles.isEmpty && service.admission.status.active == 0)
        #expect(service.transcriber.wasStopped.value)
    }

    @Test func aStreamThatNobodyReadsLeavesNothing() async throws {
        let service = try TestService()
        do { _ = await service.respond([model, ("stream", "true")]) }
        #expect(service.spooledFiles.isEmpty && service.admission.status.active == 0)
    }

    @Test func foldersOfProcessesThatAreGoneAreSwept() throws {
        let parent = FileManager.default.temporaryDirectory.path + "/parley-sweep-\(UUID().uuidString)"
        let left = parent + "/parley-spool-1-gone"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: parent) }
        for name in ["lock", "1"] {
            #expect(FileManager.default.createFile(atPath: left + "/" + name, contents: Data()))
        }
        let first = try SpoolDirectory(parent: parent)
        #expect(!FileManager.default.fileExists(atPath: left))
        let second = try SpoolDirectory(parent: parent)
        #expect(FileManager.default.fileExists(atPath: first.path), "a living folder was swept")
        #expect(first.path != second.path)
    }

    @Test func aFolderThatCantBeMadeIsAnError() {
        #expect(throws: SpoolError.self) { try SpoolDirectory(parent: "/proc/nowhere") }
    }
}
