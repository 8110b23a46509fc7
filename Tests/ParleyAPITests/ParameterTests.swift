import ParleyCore
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

/// One request that is refused, and how.
struct Refusal: Sendable, CustomTestStringConvertible {
    var fields: [(String, String)]
    var param: String?
    var code: String?
    var says: String
    var status = 400
    var path = "/v1/audio/transcriptions"

    init(
        _ fields: [(String, String)], _ param: String?, _ code: String?, says: String = "", status: Int = 400,
        path: String = "/v1/audio/transcriptions"
    ) {
        self.fields = fields
        self.param = param
        self.code = code
        self.says = says
        self.status = status
        self.path = path
    }

    var testDescription: String { fields.map { "\($0.0)=\($0.1.prefix(30))" }.joined(separator: "&") }
}

@Suite struct ParameterTests {
    static let own = ("model", "bundled")
    static let whisper = ("model", "whisper-1")
    static let diarize = ("model", "gpt-4o-transcribe-diarize")
    static let auto = ("chunking_strategy", "auto")
    static let clip = "data:audio/wav;base64,MjIy"  // first byte 50: five seconds

    static let refusals: [Refusal] = [
        Refusal([], "model", "missing_required_parameter"),
        Refusal([("model", "")], "model", "missing_required_parameter"),
        Refusal([("model", "whisper-9")], "model", "model_not_found", says: "whisper-9", status: 404),
        Refusal([own, ("model", "whisper-1")], "model", "invalid_value", says: "more than once"),
        Refusal([own, ("lang", "en")], "lang", "unknown_parameter"),
        Refusal([own, ("response_fromat", "json")], "response_fromat", "unknown_parameter", says: "'response_format'"),
        Refusal([own, ("model[]", "x")], "model[]", "unknown_parameter"),
        Refusal([own, ("include[a]", "logprobs")], "include[a]", "unknown_parameter"),
        Refusal([own, ("language", "english")], "language", "invalid_language", says: "'en'"),
        Refusal([own, ("language", "en-US")], "language", "invalid_language", says: "'en'"),
        Refusal([own, ("language", "xx")], "language", "invalid_language"),
        Refusal([own, ("language", "de")], "language", "unsupported_language", says: "'en'"),
        Refusal([own, ("languages[]", "de"), ("languages[]", "fr")], "languages", "unsupported_language"),
        Refusal([own, ("response_format", "xml")], "response_format", "invalid_value", says: "'verbose_json'"),
        Refusal([own, ("temperature", "1.01")], "temperature", "invalid_value", says: "0.0 to 1.0"),
        Refusal([own, ("temperature", "-0.1")], "temperature", "invalid_value"),
        Refusal([own, ("temperature", "nan")], "temperature", "invalid_value"),
        Refusal([own, ("temperature", "warm")], "temperature", "invalid_value"),
        Refusal([own, ("include[]", "words")], "include", "invalid_value", says: "'logprobs'"),
        Refusal(
            [own, ("include[]", "logprobs"), ("response_format", "text")], "include", "invalid_value", says: "'json'"),
        Refusal([own, ("timestamp_granularities[]", "char")], "timestamp_granularities", "invalid_value"),
        Refusal(
            [own, ("timestamp_granularities[]", "word")], "timestamp_granularities", "invalid_value",
            says: "'verbose_json'"),
        Refusal([own, ("stream", "yes")], "stream", "invalid_value"),
        Refusal([own, ("stream", "true"), ("response_format", "srt")], "response_format", "unsupported_value"),
        Refusal([own, ("chunking_strategy", "vad")], "chunking_strategy", "invalid_value", says: "'auto'"),
        Refusal([own, ("chunking_strategy", "{")], "chunking_strategy", "invalid_value"),
        Refusal([own, ("chunking_strategy", #"{"type":"x"}"#)], "chunking_strategy[type]", "invalid_value"),
        Refusal([own, ("chunking_strategy", #"{"type":["server_vad"]}"#)], "chunking_strategy", "invalid_value"),
        Refusal([own, ("chunking_strategy[threshold]", "0.5")], "chunking_strategy[type]", "invalid_value"),
        Refusal(
            [own, ("chunking_strategy", #"{"type":"server_vad","speed":1}"#)], "chunking_strategy[speed]",
            "unknown_parameter"),
        Refusal(
            [own, ("chunking_strategy[type]", "server_vad"), ("chunking_strategy[threshold]", "2")],
            "chunking_strategy[threshold]", "invalid_value"),
        Refusal(
            [own, ("chunking_strategy[type]", "server_vad"), ("chunking_strategy[silence_duration_ms]", "1.5")],
            "chunking_strategy[silence_duration_ms]", "invalid_value"),
        Refusal(
            [own, auto, ("chunking_strategy[type]", "server_vad")], "chunking_strategy", "invalid_value"),
        Refusal([own, ("channels", "both")], "channels", "invalid_value", says: "'split'"),
        Refusal([own, ("channels", "split"), ("num_speakers", "2")], "num_speakers", "invalid_value"),
        Refusal(
            [own, ("channels", "split"), ("known_speaker_names[]", "A"), ("known_speaker_names[]", "A")],
            "known_speaker_names", "invalid_value", says: "only once"),
        Refusal(
            [own, ("channels", "split"), ("enable_speaker_diarization", "false")], "enable_speaker_diarization",
            "invalid_value"),
        Refusal([own, ("known_speaker_names[]", "Ann")], "known_speaker_references", "invalid_value"),
        Refusal([own, ("known_speaker_references[]", clip)], "known_speaker_names", "invalid_value"),
        Refusal(
            [own] + (1...5).map { ("known_speaker_names[]", "n\($0)") }, "known_speaker_names", "invalid_value",
            says: "At most 4"),
        Refusal(
            [own, ("known_speaker_names[]", "Ann"), ("known_speaker_references[]", "https://x.example/a.wav")],
            "known_speaker_references", "invalid_value", says: "data URL"),
        Refusal(
            [own, ("known_speaker_names[]", "Ann"), ("known_speaker_references[]", "data:audio/wav;base64,@@")],
            "known_speaker_references", "invalid_value", says: "[0]"),
        Refusal(  // first byte 10: one second
            [own, ("known_speaker_names[]", "Ann"), ("known_speaker_references[]", "data:;base64,Cg==")],
            "known_speaker_references", "invalid_value", says: "2 to 10 seconds"),
        Refusal(  // first byte 110: eleven seconds
            [own, ("known_speaker_names[]", "Ann"), ("known_speaker_references[]", "data:;base64,bg==")],
            "known_speaker_references", "invalid_value", says: "2 to 10 seconds"),
        Refusal(  // first byte 255: no recording
            [own, ("known_speaker_names[]", "Ann"), ("known_speaker_references[]", "data:;base64,/w==")],
            "known_speaker_references", "invalid_value", says: "can't be decoded"),
        Refusal(
            [own, ("known_speaker_names[]", "A"), ("known_speaker_names[]", "A")]
                + [("known_speaker_references[]", clip), ("known_speaker_references[]", clip)],
            "known_speaker_names", "invalid_value", says: "only once"),
        Refusal([own, ("num_speakers", "0")], "num_speakers", "invalid_value"),
        Refusal([own, ("num_speakers", "two")], "num_speakers", "invalid_value"),
        Refusal([own, ("num_speakers", "2"), ("max_speakers", "3")], "num_speakers", "invalid_value"),
        Refusal([own, ("min_speakers", "4"), ("max_speakers", "3")], "min_speakers", "invalid_value"),
        Refusal(
            [own, ("enable_speaker_diarization", "false"), ("num_speakers", "2")], "enable_speaker_diarization",
            "invalid_value", says: "num_speakers"),
        Refusal([own, ("enable_vocal_separation", "true")], "enable_vocal_separation", "unsupported_value"),
        Refusal([own, ("enable_punctuation_restoration", "1")], "enable_punctuation_restoration", "unsupported_value"),
        Refusal([own, ("align", "True")], "align", "unsupported_value"),
        Refusal([own, ("track", "-1")], "track", "invalid_value"),
        Refusal([own, ("prompt", String(repeating: "x", count: 70_000))], "prompt", "value_too_long"),
        Refusal([whisper, ("response_format", "diarized_json")], "response_format", "unsupported_value"),
        Refusal([whisper, ("include[]", "logprobs")], "include", "unsupported_value"),
        Refusal([whisper, ("keywords[]", "x")], "keywords", "unsupported_value"),
        Refusal(
            [("model", "gpt-4o-transcribe"), ("response_format", "verbose_json")], "response_format",
            "unsupported_value", says: "'json', 'text'"),
        Refusal(
            [("model", "gpt-4o-mini-transcribe"), ("response_format", "srt")], "response_format", "unsupported_value"),
        Refusal([diarize], "chunking_strategy", "invalid_value", says: "required"),
        Refusal([diarize, auto, ("prompt", "x")], "prompt", "unsupported_value"),
        Refusal([diarize, auto, ("include[]", "logprobs")], "include", "unsupported_value"),
        Refusal(
            [diarize, auto, ("timestamp_granularities[]", "word")], "timestamp_granularities", "unsupported_value"),
        Refusal([diarize, auto, ("response_format", "vtt")], "response_format", "unsupported_value"),
        Refusal(
            [diarize, auto, ("enable_speaker_diarization", "false")], "enable_speaker_diarization", "invalid_value"),
        Refusal([whisper], "model", "unsupported_value", says: "can't translate", path: "/v1/audio/translations"),
        Refusal(
            [whisper, ("language", "de")], "language", "unknown_parameter", path: "/v1/audio/translations"),
        Refusal(
            [whisper, ("response_format", "tsv")], "response_format", "invalid_value", path: "/v1/audio/translations"),
    ]

    @Test(arguments: refusals) func badFieldsAreNamed(refusal: Refusal) async throws {
        let service = try TestService()
        let answer = try await service.post(refusal.fields, path: refusal.path)
        #expect(answer.status == refusal.status)
        #expect(answer.error["type"] as? String == "invalid_request_error")
        #expect(answer.errorParam == refusal.param && answer.errorCode == refusal.code, "\(answer.body)")
        #expect(answer.errorMessage.contains(refusal.says), "\(answer.errorMessage)")
        #expect(service.spooledFiles.isEmpty && service.transcriber.calls.value.isEmpty)
        #expect(service.admission.status.active == 0)
    }

    private func options(_ fields: [(String, String)]) async throws -> TranscriptionOptions {
        let service = try TestService()
        let answer = try await service.post([Self.own] + fields)
        #expect(answer.status == 200, "\(answer.body)")
        return try #require(service.transcriber.calls.value.first?.options)
    }

    @Test func emptyValuesCountAsOmitted() async throws {
        let options = try await options([
            ("language", ""), ("temperature", ""), ("response_format", ""), ("stream", ""), ("include[]", ""),
            ("chunking_strategy", ""), ("num_speakers", ""), ("prompt", ""), ("known_speaker_names[]", ""),
        ])
        #expect(options.language == nil && options.temperature == 0 && options.prompt == nil)
        #expect(options.diarization == nil && !options.emitsSegmentsEarly && options.modelID == "bundled")
    }

    @Test func plainValuesReachTheTranscriber() async throws {
        let options = try await options([
            ("language", "EN"), ("temperature", "0.5"), ("prompt", "Kubernetes, gRPC"), ("keywords[]", "a"),
            ("keywords", "b"), ("keywords[2]", "c"), ("track", "1"), ("align", "false"), ("stream", "null"),
        ])
        #expect(options.language == "en" && options.temperature == 0.5 && options.prompt == "Kubernetes, gRPC")
        #expect(options.keywords == ["a", "b", "c"] && options.track == 1 && !options.emitsSegmentsEarly)
    }

    @Test(arguments: [
        [("chunking_strategy", #"{"type":"server_vad","threshold":0.6,"prefix_padding_ms":100}"#)],
        [
            ("chunking_strategy[type]", "server_vad"), ("chunking_strategy[threshold]", "0.6"),
            ("chunking_strategy[prefix_padding_ms]", "100"),
        ],
    ])
    func chunkingStrategyComesInEveryEncoding(fields: [(String, String)]) async throws {
        let detection = try await options(fields).speechDetection
        #expect(detection.onset == 0.6 && abs(detection.offset - 0.463) < 1e-9)
        #expect(detection.padding == .milliseconds(100) && detection.minimumSilence == .milliseconds(200))
    }

    @Test(arguments: ["auto", "null", #"{"type":"auto"}"#]) func automaticChunkingIsTheDefault(value: String)
        async throws
    {
        #expect(try await options([("chunking_strategy", value)]).speechDetection == SpeechDetectionOptions())
    }

    @Test func theOnlyUsableCandidateLanguageIsTaken() async throws {
        #expect(try await options([("languages[]", "de"), ("languages[]", "en")]).language == "en")
    }

    @Test func speakersAreCountedAsAsked() async throws {
        #expect(try await options([("num_speakers", "3")]).diarization?.speakerCount == .exactly(3))
        #expect(
            try await options([("min_speakers", "2"), ("max_speakers", "4")]).diarization?.speakerCount
                == .automatic(minimum: 2, maximum: 4))
        #expect(
            try await options([("enable_speaker_diarization", "true")]).diarization?.speakerCount == .automatic())
        #expect(try await options([("response_format", "diarized_json")]).diarization != nil)
        #expect(try await options([("response_format", "rttm")]).diarization != nil)
        #expect(try await options([("enable_speaker_diarization", "false")]).diarization == nil)
    }

    @Test func knownSpeakersPairWithTheirReferencesByIndex() async throws {
        let speakers = try await options([
            ("known_speaker_names[]", "Ann"), ("known_speaker_references[]", Self.clip),
            ("known_speaker_names[]", "Bob"), ("known_speaker_references[]", "data:audio/mpeg;BASE64,FAA="),
        ]).diarization?.knownSpeakers
        #expect(speakers?.map(\.name) == ["Ann", "Bob"])
        #expect(
            speakers?.map(\.reference.displayName) == ["known_speaker_references[0]", "known_speaker_references[1]"])
    }

    @Test(arguments: ModelContract.aliases.map(\.id)) func everyAliasStandsForTheDefaultModel(alias: String)
        async throws
    {
        let service = try TestService()
        let answer = try await service.post([("model", alias), Self.auto])
        #expect(answer.status == 200)
        #expect(service.transcriber.calls.value.first?.options.modelID == "bundled")
        let usage = answer.json["usage"] as? [String: Any]
        #expect(usage?["type"] as? String == (alias == "whisper-1" ? "duration" : "tokens"))
    }

    @Test func aModelThatTranslatesTranslates() async throws {
        var model = FakeTranscriber.bundled
        model.canTranslate = true
        var transcriber = FakeTranscriber()
        transcriber.models = [model]
        let service = try TestService(transcriber: transcriber)
        #expect(try await service.post([Self.whisper], path: "/v1/audio/translations").status == 200)
        #expect(service.transcriber.calls.value.first?.options.task == .translate)
    }
}
