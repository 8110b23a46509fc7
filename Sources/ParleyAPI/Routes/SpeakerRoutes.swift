import ParleyCore
import ParleyHTTP
import ParleyPipeline

/// `GET` and `POST /v1/speakers`, `GET` and `DELETE /v1/speakers/{id}`: voices that are kept between recordings.
enum SpeakerRoutes {
    static let list = Operation(
        id: "listSpeakers", tag: "Speakers", summary: "The stored speakers.", success: .json(schema: "SpeakerList"),
        errors: [401, 403])
    static let enrol = Operation(
        id: "enrolSpeaker", tag: "Speakers", summary: "Keeps the voice of a recording under a name.",
        form: .speakers, success: .json(schema: "Speaker"), successStatus: 201,
        errors: [400, 401, 403, 409, 413, 429, 503, 507])
    static let retrieve = Operation(
        id: "retrieveSpeaker", tag: "Speakers", summary: "One stored speaker.", success: .json(schema: "Speaker"),
        errors: [401, 403, 404])
    static let remove = Operation(
        id: "removeSpeaker", tag: "Speakers", summary: "Forgets a stored speaker.", success: .empty,
        successStatus: 204, errors: [401, 403, 404])

    /// The largest recording of a voice: half a minute is listened to, which fits uncompressed in any usual form.
    static let maximumRecordingBytes = 64 << 20
}

extension ParameterTable {
    /// The fields of `POST /v1/speakers`.
    static let speakers = ParameterTable(parameters: [
        Parameter(
            name: "name", kind: .text, isRequired: true,
            summary: "Whose voice it is: 1 to 100 characters; names that differ in case only are one name."),
        file,
        Parameter(
            name: "replace", kind: .boolean, summary: "Whether it takes the place of a voice of the same name.",
            defaultValue: true),
    ])
}

extension API {
    func listSpeakers() async throws -> HTTPResponse {
        let profiles = try await enabledVoices().store.profiles()
        return .json(["object": "list", "data": .array(profiles.map(\.json))])
    }

    func retrieveSpeaker(_ request: RouteRequest) async throws -> HTTPResponse {
        .json(try await enabledVoices().store.profile(id: request.parameter ?? "").json)
    }

    func removeSpeaker(_ request: RouteRequest) async throws -> HTTPResponse {
        _ = try await enabledVoices().store.remove(id: request.parameter ?? "")
        return HTTPResponse(status: 204)
    }

    /// Listening to the voice takes a place among the transcriptions.
    func enrolSpeaker(_ request: RouteRequest) async throws -> HTTPResponse {
        let voices = try enabledVoices()
        try admission.refuseWhenFull()
        let limit = min(configuration.maximumUploadBytes, SpeakerRoutes.maximumRecordingBytes)
        let form = try await FormReader(spool: spool, maximumUploadBytes: limit, parameters: .speakers)
            .read(request.http)
        let values = try ParameterValues(form.fields, table: .speakers)
        guard let text = values.text("name") else { throw APIError.missing("name") }
        guard let recording = form.recording else { throw APIError.missing("file") }
        let name = try VoiceProfileName(text)
        let ticket = try await admission.acquire()
        defer { ticket.release() }
        let input = AudioInput(path: recording.file.path, displayName: recording.displayName)
        do {
            let profile = try await voices.enrol(name, from: input, replaces: values.boolean("replace") ?? true)
            // The file goes with its last reference.
            return withExtendedLifetime(recording.file) { .json(profile.json, status: 201) }
        } catch let error as DiarizationError where error.code.concernsReference {
            throw APIError.invalid("file", error.message, code: error.code.apiCode)
        }
    }

    /// The stored voices that a request wants.
    /// - Parameter names: Voices that come with the request; they take the place of stored ones of the same name.
    func storedVoices(_ selection: VoiceProfileSelection?, besides names: [String]) async throws -> [KnownVoice] {
        guard let selection else { return [] }
        let profiles = try await enabledVoices(field: "speaker_profiles").store.profiles()
        do {
            let given = names.compactMap { try? VoiceProfileName($0) }
            return try selection.profiles(among: profiles).filter { !given.contains($0.name) }
                .map(\.knownVoice)
        } catch {
            throw APIError.invalid("speaker_profiles", error.message)
        }
    }

    /// - Throws: ``APIError`` 403 when voices are not kept.
    private func enabledVoices(field: String? = nil) throws -> VoiceEnrolment {
        guard let voices else {
            throw APIError(
                status: 403,
                "This server keeps no voices, because they are personal data. Whoever runs it can switch that on with "
                    + "the setting speaker_profiles (PARLEY_SPEAKER_PROFILES=true or --speaker-profiles).",
                param: field, code: "speaker_profiles_off")
        }
        return voices
    }
}

extension DiarizationError.Code {
    /// Whether the recording of a voice is at fault.
    fileprivate var concernsReference: Bool { self == .referenceUnusable || self == .referenceAmbiguous }

    fileprivate var apiCode: String { self == .referenceAmbiguous ? "several_speakers" : "too_little_speech" }
}
