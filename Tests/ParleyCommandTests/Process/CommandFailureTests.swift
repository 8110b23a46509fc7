import ParleyCore
import ParleyHTTP
import Testing

@testable import parley

@Suite struct CommandFailureTests {
    @Test(arguments: AudioError.Code.allCases)
    func audioErrors(_ code: AudioError.Code) {
        let failure = CommandFailure(AudioError(code, "message", underlying: "cause"))
        let expected: [AudioError.Code: ExitCode] = [.unreadable: .missingInput, .internalFailure: .internalFailure]
        #expect(failure == CommandFailure(expected[code] ?? .badInput, "message", cause: "cause"))
    }

    @Test(arguments: InferenceError.Code.allCases)
    func inferenceErrors(_ code: InferenceError.Code) {
        let expected: [InferenceError.Code: ExitCode] = [
            .outOfMemory: .overloaded, .invalidArgument: .internalFailure, .runFailed: .internalFailure,
        ]
        let failure = CommandFailure(InferenceError(code, model: "vad", "message"))
        #expect(failure == CommandFailure(expected[code] ?? .unavailable, "vad: message"))
    }

    @Test(arguments: RecognitionError.Code.allCases)
    func recognitionErrors(_ code: RecognitionError.Code) {
        let expected: [RecognitionError.Code: ExitCode] = [
            .modelUnknown: .unavailable, .modelUnavailable: .unavailable, .decodingFailed: .internalFailure,
        ]
        #expect(CommandFailure(RecognitionError(code, "m")).exitCode == expected[code] ?? .badInput)
    }

    @Test(arguments: DiarizationError.Code.allCases)
    func diarizationErrors(_ code: DiarizationError.Code) {
        let expected: ExitCode = code == .modelUnavailable ? .unavailable : .badInput
        #expect(CommandFailure(DiarizationError(code, "m")).exitCode == expected)
    }

    @Test(arguments: VoiceProfileError.Code.allCases)
    func voiceProfileErrors(_ code: VoiceProfileError.Code) {
        let expected: [VoiceProfileError.Code: ExitCode] = [
            .nameInvalid: .badInput, .nameTaken: .badInput, .unknown: .missingInput,
        ]
        let failure = CommandFailure(VoiceProfileError(code, "m", underlying: "cause"))
        #expect(failure == CommandFailure(expected[code] ?? .cannotCreateOutput, "m", cause: "cause"))
    }

    @Test(arguments: HTTPServerError.Code.allCases)
    func serverErrors(_ code: HTTPServerError.Code) {
        let internals: [HTTPServerError.Code] = [.libraryFailed, .alreadyStarted]
        let expected: ExitCode = internals.contains(code) ? .internalFailure : .unavailable
        #expect(CommandFailure(HTTPServerError(code, "m")) == CommandFailure(expected, "m"))
    }

    @Test func others() {
        struct Unknown: Error {}
        #expect(CommandFailure(UsageError("u")).exitCode == .usage)
        #expect(CommandFailure(CancellationError()).exitCode == .interrupted)
        #expect(CommandFailure(BrokenPipe()).exitCode == .brokenPipe)
        #expect(CommandFailure(Unknown()).exitCode == .internalFailure)
        #expect(StopSignals.exitCode(15) == .terminated && StopSignals.exitCode(2) == .interrupted)
    }
}
