import ParleyCore

/// Reads a recording front to back: decoding, speech detection and cutting, a few seconds at a step.
///
/// Blocking; one caller at a time.
final class RecordingReader: @unchecked Sendable {  // invariant: only the reading task of one run calls it, in turn
    /// What one step brought.
    struct Step: Sendable {
        /// The decoded audio.
        let audio: AudioWindow
        /// Windows of speech that are complete.
        let windows: [SpeechWindow]
        /// Whether this was the last step.
        let isLast: Bool
    }

    /// Samples per step.
    static let stepSampleCount = 10 * PCM.sampleRateHz

    private let reader: any AudioReader
    private let detection: any SpeechDetectionSession
    private var windower: SpeechWindower
    private var position = 0

    /// Opens the recording.
    /// - Throws: ``AudioError`` or ``InferenceError``.
    init(
        _ input: AudioInput, options: TranscriptionOptions, parts: PipelineParts, descriptor: ModelDescriptor
    ) throws {
        reader = try parts.decoder.open(input, track: options.track)
        detection = try parts.detector.makeSession()
        windower = SpeechWindower(
            options: options.speechDetection, frameSampleCount: detection.frameSampleCount,
            preferred: descriptor.preferredWindow, maximum: descriptor.maximumWindow,
            longestPause: descriptor.longestPause)
    }

    /// What the header said.
    var info: AudioInfo { reader.info }

    /// Decodes and examines the next seconds.
    /// - Throws: ``AudioError``, ``InferenceError`` or `CancellationError`.
    func step(cancellation: CancellationFlag) throws -> Step {
        var samples: [Float] = []
        var isLast = false
        while samples.count < Self.stepSampleCount {
            try cancellation.check()
            guard let chunk = try reader.next() else {
                isLast = true
                break
            }
            samples += chunk
        }
        var windows = windower.push(
            samples: samples, probabilities: try detection.push(samples, cancellation: cancellation))
        if isLast {
            windows += windower.push(samples: [], probabilities: try detection.finish(cancellation: cancellation))
            windows += windower.finish()
        }
        defer { position += samples.count }
        return Step(audio: AudioWindow(startSample: position, samples: samples), windows: windows, isLast: isLast)
    }
}
