import Foundation
import ParleyCore
import ParleyHTTP
import ParleyPipeline
import ParleyTestSupport
import Testing

@testable import ParleyAPI

/// A diarizer that hears what a recording's text says: `two`, `nobody`, `short`, or the number of a direction.
private struct ScriptedDiarizer: Diarizer {
    let calls = Locked(0)

    func makeSession(_ options: DiarizationOptions) async throws -> any DiarizationSession {
        throw DiarizationError(.modelUnavailable, "no models in this test")
    }

    func voicePrint(of reference: AudioInput, name: String) async throws -> VoicePrint {
        calls.update { $0 += 1 }
        let content = String(decoding: FileManager.default.contents(atPath: reference.path) ?? Data(), as: UTF8.self)
        switch content {
        case "two": throw DiarizationError(.referenceAmbiguous, "Two people.", speakerName: name)
        case "nobody": throw DiarizationError(.referenceUnusable, "Nobody.", speakerName: name)
        case "text": throw AudioError(.unsupportedFormat, "This is text.")
        default:
            var values = [Float](repeating: 0, count: 10)
            values[Int(content) ?? 0] = 1
            return VoicePrint(encoder: "test", values: values, speechSeconds: content == "short" ? 0.9 : 12.345)
        }
    }
}

@Suite struct SpeakerRouteTests {
    private let place: TemporaryFolder
    private let diarizer = ScriptedDiarizer()
    private let service: TestService

    init() throws {
        place = try TemporaryFolder()
        service = try TestService(
            voices: VoiceEnrolment(
                store: VoiceProfileFolder(path: place.path("speakers"), maximumCount: 3), diarizer: diarizer))
    }

    private func enrol(_ name: String, _ content: String = "1", _ fields: [(String, String)] = []) async throws
        -> Answer
    {
        try await service.post([("name", name)] + fields, file: Array(content.utf8), path: "/v1/speakers")
    }

    private func names() async throws -> [String] {
        let data = try await service.get("/v1/speakers").json["data"] as? [[String: Any]] ?? []
        return data.compactMap { $0["name"] as? String }
    }

    @Test func theLifeOfASpeaker() async throws {
        let made = try await enrol(" Ruth ")
        #expect(made.status == 201)
        #expect(Set(made.json.keys) == ["id", "object", "name", "created", "encoder", "speech_seconds"])
        #expect(made.json["name"] as? String == "Ruth" && made.json["object"] as? String == "speaker")
        #expect(made.json["speech_seconds"] as? Double == 12.35 && made.json["encoder"] as? String == "test")
        let id = try #require(made.json["id"] as? String)

        let list = try await service.get("/v1/speakers")
        #expect(list.status == 200 && list.json["object"] as? String == "list")
        #expect(!list.body.contains("vector") && !list.body.contains("values"))
        #expect(try await service.get("/v1/speakers/\(id)").body == made.body)

        let removed = try await service.get("/v1/speakers/\(id)", method: "DELETE")
        #expect(removed.status == 204 && removed.body.isEmpty)
        let gone = try await service.get("/v1/speakers/\(id)", method: "DELETE")
        #expect(gone.status == 404 && gone.errorCode == "speaker_not_found")
        #expect(try await names().isEmpty)
        #expect(service.spooledFiles.isEmpty)
    }

    @Test(arguments: [("two", "several_speakers"), ("nobody", "too_little_speech"), ("short", "too_little_speech")])
    func recordingsThatAreNoReference(_ content: String, _ code: String) async throws {
        let answer = try await enrol("Ruth", content)
        #expect(answer.status == 400 && answer.errorParam == "file" && answer.errorCode == code)
        #expect(try await names().isEmpty)
    }

    @Test func whatIsNoRecording() async throws {
        #expect(try await enrol("Ruth", "text").status == 400)
        let answer = try await service.post([("name", "Ruth")], file: nil, path: "/v1/speakers")
        #expect(answer.status == 400 && answer.errorParam == "file")
        let nameless = try await service.post([], path: "/v1/speakers")
        #expect(nameless.status == 400 && nameless.errorParam == "name")
        #expect(nameless.errorCode == "missing_required_parameter")
        let other = try await service.post([("name", "R"), ("model", "x")], path: "/v1/speakers")
        #expect(other.errorCode == "unknown_parameter")
    }

    @Test(arguments: ["../../x", "Łódź 山田", "<script>", "a\"b\\c", "A", String(repeating: "n", count: 100)])
    func namesThatAreOdd(_ name: String) async throws {
        #expect(try await enrol(name).status == 201)
        #expect(try await names() == [name])
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.url.path) == ["speakers"])
    }

    @Test(arguments: [" ", "a\u{0}b", "a\nb", "All", String(repeating: "n", count: 101)])
    func namesThatAreRefused(_ name: String) async throws {
        let answer = try await enrol(name)
        #expect(answer.status == 400 && answer.errorParam == "name")
        #expect(diarizer.calls.value == 0)
    }

    @Test func aSecondEnrolmentReplacesUnlessToldOtherwise() async throws {
        let first = try await enrol("Ruth", "1")
        let second = try await enrol("RUTH", "2")
        #expect(second.status == 201 && second.json["id"] as? String == first.json["id"] as? String)
        let third = try await enrol("ruth", "3", [("replace", "false")])
        #expect(third.status == 409 && third.errorCode == "speaker_exists" && third.errorParam == "name")
        #expect(diarizer.calls.value == 2)
        #expect(try await names() == ["RUTH"])
    }

    @Test func theLimit() async throws {
        for name in ["a", "b", "c"] { #expect(try await enrol(name).status == 201) }
        let answer = try await enrol("d")
        #expect(answer.status == 409 && answer.errorCode == "speaker_limit_reached")
    }

    @Test func twoAtOnce() async throws {
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for index in 1...6 { group.addTask { try await enrol("Ruth", "\(index)") } }
            var answers: [Answer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
        #expect(answers.allSatisfy { $0.status == 201 })
        #expect(Set(answers.compactMap { $0.json["id"] as? String }).count == 1)
        #expect(try await names() == ["Ruth"])
    }

    /// An enrolment takes a place like any transcription.
    @Test func aFullServer() async throws {
        let admission = BoundedAdmission(limits: .init(maximumActive: 1, maximumQueued: 0))
        let service = try TestService(
            admission: admission,
            voices: VoiceEnrolment(
                store: VoiceProfileFolder(path: place.path("speakers"), maximumCount: 3), diarizer: diarizer))
        let ticket = try await admission.acquire()
        let answer = try await service.post([("name", "Ruth")], path: "/v1/speakers")
        #expect(answer.status == 429)
        ticket.release()
        #expect(try await service.post([("name", "Ruth")], path: "/v1/speakers").status == 201)
        #expect(admission.status.active == 0)
    }

    @Test(arguments: [
        ("GET", "/v1/speakers"), ("POST", "/v1/speakers"), ("GET", "/v1/speakers/x"), ("DELETE", "/v1/speakers/x"),
    ])
    func whereVoicesAreNotKept(_ method: String, _ path: String) async throws {
        let answer = try await TestService().get(path, method: method)
        #expect(answer.status == 403 && answer.errorCode == "speaker_profiles_off")
        #expect(answer.errorMessage.contains("PARLEY_SPEAKER_PROFILES=true"))
        let locked = try await TestService { $0.apiKeys = ["k"] }.get(path, method: method)
        #expect(locked.status == 401)
    }

    @Test(arguments: ["/v1/speakers/..%2f..%2fx", "/v1/speakers/spk_/../../etc/passwd", "/v1/speakers/%00"])
    func idsThatNobodyMade(_ path: String) async throws {
        _ = try await enrol("Ruth")
        #expect(try await service.get(path).status == 404)
        #expect(try await service.get(path, method: "DELETE").status == 404)
        #expect(try await names() == ["Ruth"])
    }
}

/// The field `speaker_profiles` of transcriptions.
@Suite struct SpeakerProfileFieldTests {
    private let place: TemporaryFolder
    private let service: TestService

    init() async throws {
        place = try TemporaryFolder()
        let store = VoiceProfileFolder(path: place.path("speakers"), maximumCount: 5)
        for (index, name) in ["Abel", "Ruth", "Smith, John"].enumerated() {
            _ = try await store.save(Self.print(index), name: VoiceProfileName(name), replaces: true)
        }
        service = try TestService(voices: VoiceEnrolment(store: store, diarizer: ScriptedDiarizer()))
    }

    private static func print(_ direction: Int) -> VoicePrint {
        var values = [Float](repeating: 0, count: 4)
        values[direction] = 1
        return VoicePrint(encoder: "test", values: values, speechSeconds: 3)
    }

    private func known() -> [KnownVoice]? { service.transcriber.calls.value.last?.options.diarization?.knownVoices }

    @Test(arguments: [
        ([("speaker_profiles", "all")], ["Abel", "Ruth", "Smith, John"]),
        ([("speaker_profiles", "ruth")], ["Ruth"]),
        ([("speaker_profiles[]", "Ruth"), ("speaker_profiles[]", "Abel")], ["Ruth", "Abel"]),
        ([("speaker_profiles[0]", "abel,ruth")], ["Abel", "Ruth"]),
        ([("speaker_profiles", "smith, john")], ["Smith, John"]),
        ([("speaker_profiles", "")], []),
    ])
    func voicesReachTheTranscriber(_ fields: [(String, String)], _ names: [String]) async throws {
        let answer = try await service.post([("model", "bundled")] + fields)
        #expect(answer.status == 200)
        // Asking for a voice asks for speakers; a field without a value asks for nothing.
        #expect(known()?.map(\.name) == (names.isEmpty ? nil : names))
        if names == ["Ruth"] { #expect(known()?.first?.print == Self.print(1)) }
    }

    @Test func unknownNames() async throws {
        let answer = try await service.post([("model", "bundled"), ("speaker_profiles", "Ruth,Nobody")])
        #expect(answer.status == 400 && answer.errorParam == "speaker_profiles")
        #expect(answer.errorMessage.contains("Nobody"))
    }

    @Test func withoutDiarization() async throws {
        let answer = try await service.post([
            ("model", "bundled"), ("speaker_profiles", "all"), ("enable_speaker_diarization", "false"),
        ])
        #expect(answer.status == 400 && answer.errorParam == "enable_speaker_diarization")
    }

    @Test func whereVoicesAreNotKept() async throws {
        let answer = try await TestService().post([("model", "bundled"), ("speaker_profiles", "all")])
        #expect(answer.status == 403 && answer.errorParam == "speaker_profiles")
        #expect(answer.errorCode == "speaker_profiles_off")
    }

    /// A voice that comes with the request goes before the stored one of its name.
    @Test(arguments: ["all", "Abel,Ruth"]) func besideKnownSpeakers(_ words: String) async throws {
        let clip = "data:audio/wav;base64," + Data([50]).base64EncodedString()
        let answer = try await service.post([
            ("model", "bundled"), ("speaker_profiles", words), ("known_speaker_names[]", "RUTH"),
            ("known_speaker_references[]", clip),
        ])
        #expect(answer.status == 200)
        #expect(known()?.contains { $0.name == "Ruth" } == false && known()?.contains { $0.name == "Abel" } == true)
        #expect(service.transcriber.calls.value.last?.options.diarization?.knownSpeakers.map(\.name) == ["RUTH"])
    }

    @Test func aVoiceOfAnotherEncoder() async throws {
        var transcriber = FakeTranscriber()
        transcriber.script = { _ in [.failure(DiarizationError(.voiceForeign, "Enrol again.", speakerName: "Ruth"))] }
        let store = VoiceProfileFolder(path: place.path("speakers"), maximumCount: 5)
        let service = try TestService(
            transcriber: transcriber, voices: VoiceEnrolment(store: store, diarizer: ScriptedDiarizer()))
        let answer = try await service.post([("model", "bundled"), ("speaker_profiles", "all")])
        #expect(answer.status == 400 && answer.errorParam == "speaker_profiles")
        #expect(answer.errorMessage == "Enrol again.")
    }
}
