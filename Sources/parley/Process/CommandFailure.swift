import Foundation
import ParleyCore
import ParleyHTTP
import ParleyHub
import ParleyScoring

/// Why a command, or its work on one input, ends: an exit code, a line for people, and a cause for the curious.
struct CommandFailure: Error, Sendable, Hashable {
    let exitCode: ExitCode
    /// One line without a full stop needed; shown after `parley: `.
    let message: String
    /// The library's own words; shown at log level `debug`.
    let cause: String?

    init(_ exitCode: ExitCode, _ message: String, cause: String? = nil) {
        self.exitCode = exitCode
        self.message = message
        self.cause = cause
    }

    /// The one mapping from the errors of all modules.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as UsageError: self.init(.usage, error.message)
        case let error as AudioError: self.init(Self.exitCode(error.code), error.message, cause: error.underlying)
        case let error as InferenceError:
            let subject = error.model.map { "\($0): " } ?? ""
            self.init(Self.exitCode(error.code), subject + error.message, cause: error.underlying)
        case let error as RecognitionError:
            self.init(Self.exitCode(error.code), error.message, cause: error.underlying)
        case let error as DiarizationError: self.init(Self.exitCode(error.code), error.message)
        case let error as VoiceProfileError:
            self.init(Self.exitCode(error.code), error.message, cause: error.underlying)
        case let error as HTTPServerError: self.init(Self.exitCode(error.code), error.message)
        case let error as HubError: self.init(Self.exitCode(error.code), error.message, cause: error.underlying)
        case let error as ScoringError: self.init(Self.exitCode(error.code), error.description)
        case is BlockingLane.Full: self.init(.overloaded, "too much work is waiting already")
        case is BrokenPipe: self.init(.brokenPipe, "the reader of the output has gone")
        case is CancellationError: self.init(.interrupted, "stopped")
        default: self.init(.internalFailure, "an unexpected fault", cause: String(reflecting: error))
        }
    }

    static func exitCode(_ code: AudioError.Code) -> ExitCode {
        switch code {
        case .empty, .unsupportedFormat, .noAudioTrack, .corrupt, .tooShort, .tooLong, .tooManyChannels,
            .tooFewChannels,
            .tooLarge:
            .badInput
        case .unreadable: .missingInput
        case .internalFailure: .internalFailure
        }
    }

    static func exitCode(_ code: InferenceError.Code) -> ExitCode {
        switch code {
        case .libraryMissing, .libraryIncompatible, .modelMissing, .modelCorrupt, .modelForeign, .deviceUnavailable:
            .unavailable
        case .outOfMemory: .overloaded
        case .invalidArgument, .runFailed: .internalFailure
        }
    }

    static func exitCode(_ code: RecognitionError.Code) -> ExitCode {
        switch code {
        case .modelUnknown, .modelUnavailable: .unavailable
        case .languageUnsupported, .translationUnsupported: .badInput
        case .decodingFailed: .internalFailure
        }
    }

    static func exitCode(_ code: HTTPServerError.Code) -> ExitCode {
        switch code {
        case .addressInUse, .permissionDenied, .invalidAddress, .bindFailed: .unavailable
        case .libraryFailed, .alreadyStarted: .internalFailure
        }
    }

    static func exitCode(_ code: HubError.Code) -> ExitCode {
        switch code {
        case .offline, .unreachable, .notFound, .accessDenied, .hubFault, .insecure, .checksumMismatch, .unsuitable,
            .notInstalled:
            .unavailable
        case .rateLimited: .overloaded
        case .diskFull, .cannotWrite: .cannotCreateOutput
        case .invalidName: .usage
        }
    }

    static func exitCode(_ code: DiarizationError.Code) -> ExitCode {
        switch code {
        case .referenceUnusable, .referenceAmbiguous, .voiceForeign: .badInput
        case .modelUnavailable: .unavailable
        }
    }

    static func exitCode(_ code: ScoringError.Code) -> ExitCode {
        switch code {
        case .malformed, .badTime, .notText, .tooLarge, .nothingToScore: .badInput
        }
    }

    static func exitCode(_ code: VoiceProfileError.Code) -> ExitCode {
        switch code {
        case .nameInvalid, .nameTaken: .badInput
        case .unknown: .missingInput
        case .limitReached, .diskFull, .storageFailed: .cannotCreateOutput
        }
    }

    /// The words of the operating system for an error number.
    static func systemMessage(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
}
