import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

/// Defects that were read in other servers, each named after what went wrong there.
@Suite struct PeerDefectTests {
    private let own = ("model", "bundled")

    @Test func theTextOfDoneIsEmptyBecauseTheSegmentsWereUsedUp() async throws {
        let answer = try await TestService().post([own, ("stream", "true")])
        #expect(answer.frames.last?["text"] as? String == "hello there good day")
    }

    @Test func aDeltaRepeatsTheWholeTextSoFar() async throws {
        let answer = try await TestService().post([own, ("stream", "true")])
        #expect(answer.frames.compactMap { $0["delta"] as? String } == ["hello there", " good day"])
    }

    @Test func theDefaultFormatIsVerbose() async throws {
        let answer = try await TestService().post([own])
        #expect(Set(answer.json.keys) == ["text", "usage"])
    }

    @Test func anyModelNameIsAccepted() async throws {
        #expect(try await TestService().post([("model", "gpt-5")]).status == 404)
    }

    @Test func temporaryFilesAreNeverRemoved() async throws {
        let service = try TestService()
        for _ in 0..<5 { _ = try await service.post([own]) }
        #expect(service.spooledFiles.isEmpty && service.transcriber.calls.value.count == 5)
    }

    @Test func theErrorIsAPlainString() async throws {
        let answer = try await TestService().post([own, ("temperature", "9")])
        #expect(answer.status == 400 && answer.errorParam == "temperature")
    }

    @Test func everyErrorBecomes404() async throws {
        #expect(try await TestService(readiness: .loading).get("/health/ready").status == 503)
    }

    @Test(arguments: ["timestamp_granularities[]", "timestamp_granularities", "timestamp_granularities[0]"])
    func granularitiesWithBracketsAreLost(name: String) async throws {
        let answer = try await TestService().post([own, ("response_format", "verbose_json"), (name, "word")])
        #expect(answer.json["words"] != nil && answer.json["segments"] == nil)
    }

    @Test func wordsAreNestedInSegments() async throws {
        let answer = try await TestService().post([
            own, ("response_format", "verbose_json"), ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "segment"),
        ])
        let segments = answer.json["segments"] as? [[String: Any]] ?? []
        #expect((answer.json["words"] as? [[String: Any]])?.count == 4)
        #expect(segments.count == 2 && segments.allSatisfy { $0["words"] == nil })
    }

    @Test func theDurationIsAString() async throws {
        let answer = try await TestService().post([own, ("response_format", "verbose_json")])
        #expect(answer.json["duration"] as? Double == 4.25)
        #expect(answer.body.contains("\"duration\":4.25"))
    }

    @Test func segmentsLackSeekCompressionRatioAndNoSpeechProbability() async throws {
        let answer = try await TestService().post([own, ("response_format", "verbose_json")])
        for segment in answer.json["segments"] as? [[String: Any]] ?? [] {
            #expect(
                Set(segment.keys) == [
                    "id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio",
                    "no_speech_prob",
                ])
            #expect(segment["no_speech_prob"] as? Double == 0.125)
        }
    }

    @Test func theLogProbabilityOfASegmentIsCopiedToItsTokens() async throws {
        let answer = try await TestService().post([own, ("include[]", "logprobs")])
        let values = (answer.json["logprobs"] as? [[String: Any]] ?? []).compactMap { $0["logprob"] as? Double }
        #expect(Set(values).count == 2)
    }

    @Test func webVTTHasNoHeader() async throws {
        let answer = try await TestService().post([own, ("response_format", "vtt")])
        #expect(answer.body.hasPrefix("WEBVTT\n\n") && answer.headers["content-type"] == "text/vtt; charset=utf-8")
    }

    @Test func diarizedJSONIsRefused() async throws {
        let answer = try await TestService().post([own, ("response_format", "diarized_json")])
        #expect(answer.json["text"] as? String == "A: hello there\nB: good day")
    }

    @Test func chunkingStrategyIsIgnored() async throws {
        let service = try TestService()
        _ = try await service.post([
            own, ("chunking_strategy[type]", "server_vad"), ("chunking_strategy[silence_duration_ms]", "900"),
        ])
        let options = service.transcriber.calls.value.first?.options
        #expect(options?.speechDetection.minimumSilence == .milliseconds(900))
    }

    @Test func oneClientsSettingsReachAnother() async throws {
        var transcriber = FakeTranscriber()
        transcriber.script = { call in
            var transcript = Samples.monologue
            transcript.segments[0].text = "prompt \(call.options.prompt ?? "none")"
            transcript.segments[1].text = "track \(call.options.track ?? -1) bytes \(call.content.count)"
            return FakeTranscriber.steps(transcript, early: call.options.emitsSegmentsEarly)
        }
        let service = try TestService(
            transcriber: transcriber, admission: BoundedAdmission(limits: .init(maximumActive: 3)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let streams = index % 2 == 0
                    let answer = try await service.post(
                        [
                            ("model", "bundled"), ("prompt", "p\(index)"), ("track", "\(index)"),
                            ("stream", "\(streams)"),
                        ], file: [UInt8](repeating: 1, count: 1_000 + index))
                    let json = streams ? answer.frames.last ?? [:] : answer.json
                    #expect(
                        json["text"] as? String == "prompt p\(index) track \(index) bytes \(1_000 + index)")
                }
            }
            try await group.waitForAll()
        }
        #expect(service.spooledFiles.isEmpty && service.admission.status.active == 0)
    }

    @Test func onlyFilesOfTheListedFormatsAreNamedButMoreAreRead() async throws {
        var form = MultipartForm()
        form.add("model", Array("bundled".utf8))
        form.add("file", [1, 2, 3], filename: "noending")
        #expect(try await TestService().send(form.bytes).status == 200)
    }
}
