import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct ErrorMappingTests {
    private static let secret = "/secret/path sk-key"

    private func mapped(_ error: any Error) -> APIError { ErrorMapping.apiError(for: error, requestID: "req_7") }

    private func check(_ error: any Error, status: Int) {
        let mapped = mapped(error)
        #expect(mapped.status == status, "\(error)")
        #expect(!mapped.message.contains("secret"))
        if status == 500 { #expect(mapped.message.contains("req_7") && !mapped.message.contains("a message")) }
        if [429, 503, 507].contains(status) { #expect(mapped.retryAfter != nil) }
        #expect((status >= 500 || status == 413) == (mapped.type == APIError.serverError) || status == 499)
    }

    @Test(arguments: AudioError.Code.allCases) func audio(code: AudioError.Code) {
        let status = code == .internalFailure ? 500 : code == .tooLarge ? 413 : 400
        check(AudioError(code, "a message", underlying: Self.secret), status: status)
        if status != 500 { #expect(mapped(AudioError(code, "a message")).message.contains("a message")) }
    }

    @Test(arguments: InferenceError.Code.allCases) func inference(code: InferenceError.Code) {
        check(
            InferenceError(code, model: "m", "a message", underlying: Self.secret),
            status: code == .outOfMemory ? 503 : 500)
    }

    @Test(arguments: RecognitionError.Code.allCases) func recognition(code: RecognitionError.Code) {
        let status =
            switch code {
            case .modelUnknown: 404
            case .languageUnsupported, .translationUnsupported: 400
            case .modelUnavailable: 503
            case .decodingFailed: 500
            }
        check(RecognitionError(code, "a message", underlying: Self.secret), status: status)
    }

    @Test(arguments: DiarizationError.Code.allCases) func diarization(code: DiarizationError.Code) {
        check(DiarizationError(code, "a message"), status: code == .modelUnavailable ? 503 : 400)
    }

    @Test(arguments: VoiceProfileError.Code.allCases) func voiceProfile(code: VoiceProfileError.Code) {
        let status =
            switch code {
            case .nameInvalid: 400
            case .unknown: 404
            case .nameTaken, .limitReached: 409
            case .diskFull: 507
            case .storageFailed: 500
            }
        check(VoiceProfileError(code, "a message", underlying: Self.secret), status: status)
    }

    @Test(arguments: SpoolError.Code.allCases) func spool(code: SpoolError.Code) {
        check(SpoolError(code, Self.secret), status: code == .diskFull ? 507 : 500)
    }

    @Test(arguments: MultipartError.allCases) func multipart(error: MultipartError) { check(error, status: 400) }

    @Test func others() {
        check(HTTPBodyError.tooLarge(limitBytes: 1), status: 413)
        check(HTTPBodyError.truncated, status: 400)
        check(HTTPBodyError.malformed, status: 400)
        check(HTTPBodyError.disconnected, status: 499)
        check(CancellationError(), status: 499)
        check(AdmissionError.queueFull(retryAfter: .seconds(1)), status: 429)
        check(AdmissionError.timedOut(retryAfter: .seconds(1)), status: 503)
        check(AdmissionError.draining, status: 503)
        check(IncompleteTranscription(), status: 500)
    }

    @Test func aFullLane() async {
        let lane = BlockingLane(name: "full", maximumQueued: 0)
        do {
            try await lane.run {}
            Issue.record("the lane has room")
        } catch {
            check(error, status: 503)
        }
    }

    @Test func badContainersAnswerInOpenAIsWords() {
        let error = mapped(AudioError(.unsupportedFormat, "This is text."))
        #expect(error.message.hasPrefix("Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', "))
        #expect(error.type == "invalid_request_error" && error.param == nil && error.code == nil)
    }

    @Test func retryHeadersAreWholeNumbersOfAtLeastOne() async throws {
        for (wait, seconds, milliseconds) in [
            (Duration.milliseconds(1_500), "2", "1500"), (.zero, "1", "1"), (.seconds(7), "7", "7000"),
        ] {
            let answer = try await Answer(mapped(AdmissionError.queueFull(retryAfter: wait)).response)
            #expect(answer.headers["retry-after"] == seconds && answer.headers["retry-after-ms"] == milliseconds)
            #expect(answer.error["type"] as? String == "rate_limit_error")
        }
    }

    @Test func aFullWaitingLineAnswers429() async throws {
        let admission = BoundedAdmission(limits: .init(maximumActive: 1, maximumQueued: 0))
        let service = try TestService(admission: admission)
        let held = try await admission.acquire()
        let answer = try await service.post([("model", "bundled")])
        #expect(answer.status == 429 && answer.headers["retry-after"] == "5")
        #expect(service.spooledFiles.isEmpty)
        held.release()
        #expect(try await service.post([("model", "bundled")]).status == 200)
    }

    @Test func onlyFaultsOfTheServerAreReported() async throws {
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in [.failure(InferenceError(.runFailed, "a message", underlying: "why"))] }
        let service = try TestService(transcriber: transcriber)
        #expect(try await service.post([]).status == 400)
        #expect(service.failures.value.isEmpty)
        #expect(try await service.post([("model", "bundled")]).status == 500)
        #expect(service.failures.value.count == 1 && service.failures.value[0].contains("why"))
    }
}
