import Foundation
import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

@Suite struct StreamTests {
    private let fields = [("model", "bundled"), ("stream", "true")]

    private func service(_ steps: [FakeTranscriber.Step]) throws -> TestService {
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in steps }
        return try TestService(transcriber: transcriber)
    }

    private func types(_ answer: Answer) -> [String] { answer.frames.compactMap { $0["type"] as? String } }

    @Test func deltasJoinToTheTextOfTheOneDone() async throws {
        let answer = try await TestService().post(fields)
        #expect(answer.status == 200 && answer.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(answer.headers["cache-control"] == "no-cache")
        #expect(
            answer.body == #"data: {"type":"transcript.text.delta","delta":"hello there"}"# + "\n\n"
                + #"data: {"type":"transcript.text.delta","delta":" good day"}"# + "\n\n"
                + #"data: {"type":"transcript.text.done","text":"hello there good day","usage":{"type":"tokens","#
                + #""input_tokens":43,"input_token_details":{"text_tokens":0,"audio_tokens":43},"output_tokens":4,"#
                + #""total_tokens":47}}"# + "\n\n")
    }

    @Test func segmentsKeptBackAreSentBeforeTheEnd() async throws {
        let segments = Samples.monologue.segments
        let steps: [FakeTranscriber.Step] = [
            .event(.segment(segments[0])), .event(.finished(Samples.monologue)),
        ]
        let answer = try await service(steps).post(fields)
        let deltas = answer.frames.compactMap { $0["delta"] as? String }
        #expect(deltas == ["hello there", " good day"])
        #expect(answer.frames.last?["text"] as? String == deltas.joined())
    }

    @Test func speakersComeAsSegmentsInDiarizedJSON() async throws {
        let answer = try await TestService().post(fields + [("response_format", "diarized_json")])
        #expect(
            types(answer) == [
                "transcript.text.delta", "transcript.text.segment", "transcript.text.delta", "transcript.text.segment",
                "transcript.text.done",
            ])
        #expect(answer.frames[0]["segment_id"] as? String == "seg_001")
        let segment = answer.frames[3]
        #expect(segment["id"] as? String == "seg_002" && segment["speaker"] as? String == "B")
        #expect(Set(segment.keys) == ["type", "id", "start", "end", "text", "speaker"])
    }

    @Test func diarizedTextNamesSegmentsWithoutSendingThem() async throws {
        let answer = try await TestService().post([
            ("model", "gpt-4o-transcribe-diarize"), ("chunking_strategy", "auto"), ("stream", "true"),
        ])
        #expect(types(answer) == ["transcript.text.delta", "transcript.text.delta", "transcript.text.done"])
        #expect(answer.frames.compactMap { $0["segment_id"] as? String } == ["seg_001", "seg_002"])
    }

    @Test func logProbabilitiesComeWhenIncluded() async throws {
        let answer = try await TestService().post(fields + [("include[]", "logprobs")])
        let tokens = answer.frames.map {
            ($0["logprobs"] as? [[String: Any]] ?? []).compactMap { $0["token"] as? String }
        }
        #expect(tokens == [["hello", " there"], [" good", " day"], ["hello", " there", " good", " day"]])
    }

    @Test func silenceIsOneDone() async throws {
        let answer = try await service([.event(.finished(Samples.empty))]).post(fields)
        #expect(types(answer) == ["transcript.text.done"] && answer.frames[0]["text"] as? String == "")
    }

    @Test func whatFailsBeforeTheFirstEventHasAStatus() async throws {
        let progress = TranscriptionProgress(stage: .transcribing, processedSeconds: 0, totalSeconds: nil)
        let answer = try await service([
            .event(.progress(progress)), .failure(AudioError(.noAudioTrack, "The file has no audio.")),
        ]).post(fields)
        #expect(answer.status == 400 && answer.errorCode == "no_audio_track")
    }

    @Test func whatFailsLaterIsAFrameThatEndsTheStream() async throws {
        let service = try service([
            .event(.segment(Samples.monologue.segments[0])),
            .failure(RecognitionError(.decodingFailed, "secret", underlying: "/secret/path")),
        ])
        let answer = try await service.post(fields)
        #expect(answer.status == 200 && answer.frames.count == 2)
        let error = answer.frames[1]["error"] as? [String: Any] ?? [:]
        #expect(Set(error.keys) == ["message", "type", "param", "code"])
        #expect((error["message"] as? String)?.contains("req_1") == true && !answer.body.contains("secret"))
        #expect(service.failures.value.first?.contains("secret") == true)
        #expect(service.spooledFiles.isEmpty && service.admission.status.active == 0)
    }

    @Test func aTranscriberThatStopsWithoutAResultIsAnError() async throws {
        let streamed = try await service([.event(.segment(Samples.monologue.segments[0])), .end]).post(fields)
        #expect(streamed.frames.last?["error"] != nil)
        #expect(try await service([.end]).post(fields).status == 500)
        #expect(try await service([.end]).post([("model", "bundled")]).status == 500)
    }

    @Test func segmentsGoOutBeforeTheWorkIsDone() async throws {
        let gate = Locked(false)
        let response = try await service([
            .event(.segment(Samples.monologue.segments[0])), .wait(gate), .event(.finished(Samples.monologue)),
        ]).respond(fields)
        guard case .stream(let write) = response.body else {
            Issue.record("not a stream")
            return
        }
        // The work goes on only after the first frame was written.
        let written = Locked("")
        try await write(
            HTTPBodyWriter { bytes in
                written.update { $0 += String(decoding: bytes, as: UTF8.self) }
                gate.update { $0 = true }
            })
        #expect(written.value.contains("transcript.text.done"))
    }

    @Test func aQuietStreamIsKeptAlive() async throws {
        let gate = Locked(false)
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in
            [.event(.segment(Samples.monologue.segments[0])), .wait(gate), .event(.finished(Samples.monologue))]
        }
        let service = try TestService(transcriber: transcriber) { $0.keepAliveInterval = .milliseconds(1) }
        guard case .stream(let write) = await service.respond(fields).body else {
            Issue.record("not a stream")
            return
        }
        // The work goes on only after the stream was kept alive twice.
        let comments = Locked(0)
        let written = Locked("")
        try await write(
            HTTPBodyWriter { bytes in
                written.update { $0 += String(decoding: bytes, as: UTF8.self) }
                guard bytes.first == UInt8(ascii: ":") else { return }
                comments.update { $0 += 1 }
                if comments.value == 2 { gate.update { $0 = true } }
            })
        #expect(written.value.contains(": keep-alive\n\n") && written.value.contains("transcript.text.done"))
    }

    @Test func aClientThatGoesStopsTheWork() async throws {
        let service = try service([.event(.segment(Samples.monologue.segments[0])), .wait(Locked(false))])
        do {
            guard case .stream(let write) = await service.respond(fields).body else {
                Issue.record("not a stream")
                return
            }
            await #expect(throws: HTTPBodyError.disconnected) {
                try await write(HTTPBodyWriter { _ in throw HTTPBodyError.disconnected })
            }
        }
        #expect(service.transcriber.wasStopped.value)
        #expect(service.spooledFiles.isEmpty && service.admission.status.active == 0)
    }

    @Test func whisperIgnoresStream() async throws {
        let answer = try await TestService().post([("model", "whisper-1"), ("stream", "true")])
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.json["text"] as? String == "hello there good day")
    }
}
