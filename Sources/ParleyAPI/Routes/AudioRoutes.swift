import ParleyCore
import ParleyHTTP

/// `POST /v1/audio/transcriptions` and `POST /v1/audio/translations`.
enum AudioRoutes {
    private static let errors = [400, 401, 404, 413, 429, 503, 507]

    static let transcriptions = Operation(
        id: "createTranscription", tag: "Audio", summary: "Writes down what is said in a recording, and by whom.",
        form: .transcriptions, success: .transcription, errors: (errors + [403]).sorted())
    static let translations = Operation(
        id: "createTranslation", tag: "Audio", summary: "Writes down in English what is said in a recording.",
        form: .translations, success: .translation, errors: errors)
}

extension API {
    func transcribe(_ request: RouteRequest) async throws -> HTTPResponse {
        try await answer(request, task: .transcribe, table: .transcriptions)
    }

    func translate(_ request: RouteRequest) async throws -> HTTPResponse {
        try await answer(request, task: .translate, table: .translations)
    }

    private func answer(_ request: RouteRequest, task: TranscriptionTask, table: ParameterTable) async throws
        -> HTTPResponse
    {
        try admission.refuseWhenFull()
        let reader = FormReader(spool: spool, maximumUploadBytes: configuration.maximumUploadBytes, parameters: table)
        let form = try await reader.read(request.http)
        let asked = try TranscriptionRequest(
            form: form, table: table, task: task, models: models, detection: configuration.speechDetection,
            decoding: configuration.decoding)
        let record = registry.begin(id: request.http.id, model: asked.model.descriptor.id, task: task)
        let work = try await begin(asked, form: form, record: record)
        if asked.streams { return try await stream(work, asked: asked, requestID: request.http.id) }
        let transcript = try await work.transcript()
        let text = asked.format.render(transcript, options: asked.rendering)
        return HTTPResponse(
            status: 200, headers: ["content-type": asked.format.contentType], body: .bytes(Array(text.utf8)))
    }

    /// Waits for a place, reads the references of known speakers and starts the transcription.
    private func begin(
        _ asked: TranscriptionRequest, form: UploadForm, record: RequestRecord
    ) async throws -> RunningTranscription {
        do {
            return try await run(asked, form: form, record: record)
        } catch {
            record.end(error)
            throw error
        }
    }

    private func run(
        _ asked: TranscriptionRequest, form: UploadForm, record: RequestRecord
    ) async throws -> RunningTranscription {
        guard let recording = form.recording else {
            throw APIError.invalid("file", "The part 'file' is required.", code: "missing_required_parameter")
        }
        let stored = try await storedVoices(asked.speakerProfiles, besides: asked.knownSpeakerNames)
        let ticket = try await admission.acquire()
        record.admit()
        var options = asked.options
        let reader = KnownSpeakerReader(spool: spool, decoder: decoder, lane: spool.lane)
        let known = try await reader.read(names: asked.knownSpeakerNames, references: asked.knownSpeakerReferences)
        options.diarization?.knownSpeakers = known.speakers
        options.diarization?.knownVoices = stored
        let input = AudioInput(path: recording.file.path, displayName: recording.displayName)
        return RunningTranscription(
            events: transcriber.transcribe(input, options: options), ticket: ticket,
            files: [recording.file] + known.files, record: record)
    }

    private func stream(_ work: RunningTranscription, asked: TranscriptionRequest, requestID: String) async throws
        -> HTTPResponse
    {
        let first = try await work.firstNews()
        let stream = TranscriptEventStream(
            work: work, format: asked.format, isDiarized: asked.tellsSpeakers, rendering: asked.rendering,
            keepAliveInterval: configuration.keepAliveInterval,
            errorFrame: { apiError(for: $0, requestID: requestID).envelope })
        return HTTPResponse(
            status: 200,
            headers: [
                "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache",
                "x-accel-buffering": "no",
            ],
            body: .stream { writer in try await stream.run(startingWith: first, to: writer) })
    }
}
