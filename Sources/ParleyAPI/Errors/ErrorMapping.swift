import ParleyCore
import ParleyHTTP

/// The one place where errors become statuses and messages.
///
/// Each `switch` is exhaustive, so that a new code doesn't build until somebody has decided what clients see.
enum ErrorMapping {
    /// File name endings that OpenAI's documentation and its error text name; far more is accepted.
    static let documentedFormats = [
        "flac", "m4a", "mp3", "mp4", "mpeg", "mpga", "oga", "ogg", "wav", "webm",
    ]

    static func apiError(for error: any Error, requestID: String) -> APIError {
        switch error {
        case let error as APIError: error
        case let error as AudioError: audio(error, requestID)
        case let error as InferenceError: inference(error, requestID)
        case let error as RecognitionError: recognition(error, requestID)
        case let error as DiarizationError: diarization(error)
        case let error as VoiceProfileError: voiceProfile(error, requestID)
        case let error as AdmissionError: admission(error)
        case let error as SpoolError: spool(error, requestID)
        case let error as HTTPBodyError: body(error)
        case let error as MultipartError: multipart(error)
        case let error as HTTPProtocolError: httpProtocol(error)
        case is BlockingLane.Full: busy("The server is busy; try again later.", retryAfter: .seconds(5))
        case is CancellationError: APIError(status: 499, "The request was cancelled.", code: "request_cancelled")
        default: internalError(requestID)
        }
    }

    /// Says nothing but the id under which the log has the cause.
    static func internalError(_ requestID: String) -> APIError {
        APIError(
            status: 500, "The server had an error while processing your request. Its id is \(requestID).",
            type: APIError.serverError, code: "internal_error")
    }

    static func tooLarge(limitBytes: Int, readBytes: Int) -> APIError {
        APIError(
            status: 413, "Maximum content size limit (\(limitBytes)) exceeded (\(readBytes) bytes read)",
            type: APIError.serverError)
    }

    private static func busy(_ message: String, retryAfter: Duration) -> APIError {
        APIError(
            status: 503, message, type: APIError.serverError, code: "server_overloaded", retryAfter: retryAfter)
    }

    private static func audio(_ error: AudioError, _ requestID: String) -> APIError {
        switch error.code {
        case .unsupportedFormat:
            let formats = documentedFormats.map { "'\($0)'" }.joined(separator: ", ")
            return APIError(status: 400, "Invalid file format. Supported formats: [\(formats)]. \(error.message)")
        case .empty: return .invalid("file", error.message, code: "empty_file")
        case .unreadable: return .invalid("file", error.message, code: "unreadable_file")
        case .noAudioTrack: return .invalid("file", error.message, code: "no_audio_track")
        case .corrupt: return .invalid("file", error.message, code: "corrupt_audio")
        case .tooShort, .tooLong: return .invalid(nil, error.message)
        case .tooManyChannels: return .invalid("file", error.message)
        case .tooFewChannels: return .invalid("channels", error.message, code: "too_few_channels")
        case .tooLarge: return APIError(status: 413, error.message, type: APIError.serverError)
        case .internalFailure: return internalError(requestID)
        }
    }

    private static func inference(_ error: InferenceError, _ requestID: String) -> APIError {
        switch error.code {
        case .outOfMemory: busy("The server is out of memory; try again later.", retryAfter: .seconds(10))
        case .libraryMissing, .libraryIncompatible, .modelMissing, .modelCorrupt, .modelForeign, .deviceUnavailable,
            .invalidArgument, .runFailed:
            internalError(requestID)
        }
    }

    private static func recognition(_ error: RecognitionError, _ requestID: String) -> APIError {
        switch error.code {
        case .modelUnknown:
            APIError(status: 404, error.message, param: "model", code: "model_not_found")
        case .languageUnsupported: .invalid("language", error.message, code: "unsupported_language")
        case .translationUnsupported: .invalid("model", error.message, code: "unsupported_value")
        case .modelUnavailable: busy("The model is not available at the moment.", retryAfter: .seconds(30))
        case .decodingFailed: internalError(requestID)
        }
    }

    private static func diarization(_ error: DiarizationError) -> APIError {
        switch error.code {
        case .referenceUnusable, .referenceAmbiguous: .invalid("known_speaker_references", error.message)
        case .voiceForeign: .invalid("speaker_profiles", error.message)
        case .modelUnavailable:
            busy("Speakers can't be told apart: the diarization models are not available.", retryAfter: .seconds(30))
        }
    }

    private static func voiceProfile(_ error: VoiceProfileError, _ requestID: String) -> APIError {
        switch error.code {
        case .nameInvalid: .invalid("name", error.message)
        case .nameTaken: APIError(status: 409, error.message, param: "name", code: "speaker_exists")
        case .limitReached: APIError(status: 409, error.message, code: "speaker_limit_reached")
        case .unknown: APIError(status: 404, error.message, code: "speaker_not_found")
        case .diskFull: noRoom(error.message)
        case .storageFailed: internalError(requestID)
        }
    }

    private static func noRoom(_ message: String) -> APIError {
        APIError(
            status: 507, message, type: APIError.serverError, code: "insufficient_storage", retryAfter: .seconds(60))
    }

    private static func admission(_ error: AdmissionError) -> APIError {
        switch error {
        case .queueFull(let retryAfter):
            APIError(
                status: 429, "Too many requests are waiting; try again later.", type: APIError.rateLimit,
                code: "rate_limit_exceeded", retryAfter: retryAfter)
        case .timedOut(let retryAfter): busy("No place became free in time; try again later.", retryAfter: retryAfter)
        case .draining: busy("The server is shutting down; try again later.", retryAfter: .seconds(5))
        }
    }

    private static func spool(_ error: SpoolError, _ requestID: String) -> APIError {
        switch error.code {
        case .diskFull: noRoom("The server has no room for the upload; try again later.")
        case .ioFailed: internalError(requestID)
        }
    }

    private static func body(_ error: HTTPBodyError) -> APIError {
        switch error {
        case .tooLarge(let limitBytes): tooLarge(limitBytes: limitBytes, readBytes: limitBytes + 1)
        case .truncated:
            APIError(
                status: 400, "The request body ended before its last part was complete.", code: "incomplete_body")
        case .malformed: APIError(status: 400, "The request body is malformed.", code: "malformed_body")
        case .disconnected: APIError(status: 499, "The client has gone.", code: "request_cancelled")
        }
    }

    private static func multipart(_ error: MultipartError) -> APIError {
        switch error {
        case .missingTerminator: APIError(status: 400, error.message, code: "incomplete_body")
        case .missingBoundary, .partWithoutName, .headerTooLarge, .tooManyParts, .malformedHeader:
            APIError(status: 400, error.message, code: "malformed_multipart")
        }
    }

    /// What the HTTP engine refuses by itself.
    static func httpProtocol(_ error: HTTPProtocolError) -> APIError {
        if case .bodyTooLarge(let limitBytes) = error {
            return tooLarge(limitBytes: limitBytes, readBytes: limitBytes + 1)
        }
        return APIError(
            status: error.status, error.message,
            type: error.status < 500 ? APIError.invalidRequest : APIError.serverError, code: error.code,
            retryAfter: error.status == 503 ? .seconds(5) : nil)
    }
}
