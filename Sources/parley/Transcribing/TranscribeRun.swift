import ParleyAPI
import ParleyCore

/// Transcribes the inputs of one command one after the other.
struct TranscribeRun: Sendable {
    private let request: TranscribeRequest
    private let inputs: InputRun
    private let invocation: Invocation

    init(_ request: TranscribeRequest, _ invocation: Invocation) {
        self.request = request
        inputs = InputRun(request.inputs, invocation)
        self.invocation = invocation
    }

    /// - Returns: How the inputs went, see ``InputRun/exitCode(failures:of:)``.
    /// - Throws: what stops the whole run: no models, no folder for outputs, cancellation, a closed output.
    func perform() async throws -> ExitCode {
        try inputs.prepare()
        var options = request.options
        options.diarization?.knownVoices = try await request.storedVoices.voices(invocation)
        let transcriber = try await invocation.composition.transcriber(invocation.settings)
        return try await inputs.perform(verb: "transcribed") { [options] audio, input, progress in
            let transcript = try await transcript(of: audio, options, with: transcriber, progress: progress)
            return InputRun.Outcome(
                documents: documents(transcript, recordingName: input.outputStem),
                summary: TranscriptionSummary(
                    transcript, processing: progress.elapsed,
                    isDiarized: options.diarization != nil || options.channels != .mix))
        }
    }

    private func transcript(
        of audio: AudioInput, _ options: TranscriptionOptions, with transcriber: any Transcriber,
        progress: SharedProgress
    ) async throws -> Transcript {
        var result: Transcript?
        for try await event in transcriber.transcribe(audio, options: options) {
            switch event {
            case .progress(let report): progress.update(report)
            case .segment: break
            case .finished(let transcript): result = transcript
            }
        }
        // The iteration of a cancelled task ends as if all were said.
        try Task.checkCancellation()
        guard let result else { throw CommandFailure(.internalFailure, "the transcription ended without a result") }
        return result
    }

    private func documents(_ transcript: Transcript, recordingName: String) -> [InputRun.Document] {
        let width = request.inputs.outputFolder == nil ? invocation.console.output.terminalWidth : nil
        var rendering = request.rendering
        rendering.recordingName = recordingName
        return request.formats.map { [rendering] format in
            InputRun.Document(
                fileExtension: format.fileExtension,
                text: format.render(transcript, options: rendering, width: width),
                describesItself: format.describesItself)
        }
    }
}
