public import ParleyCore
import Synchronization

/// A decoder whose recordings are made of nothing: each is `seconds` long, and its samples are their own index in
/// seconds, so that a window shows where it came from.
public struct FakeDecoder: AudioDecoder {
    /// Length of every recording.
    public var seconds: Double
    /// Thrown after this many seconds, when set.
    public var failure: (afterSeconds: Double, error: AudioError)?

    /// Makes a decoder.
    public init(seconds: Double, failure: (afterSeconds: Double, error: AudioError)? = nil) {
        self.seconds = seconds
        self.failure = failure
    }

    /// See `AudioDecoder`.
    public func open(_ input: AudioInput, track: Int?) throws -> any AudioReader {
        FakeReader(sampleCount: PCM.sampleCount(seconds: seconds), failure: failure)
    }
}

private final class FakeReader: AudioReader {
    let info: AudioInfo
    private let sampleCount: Int
    private let failure: (afterSeconds: Double, error: AudioError)?
    private let position = Mutex(0)

    init(sampleCount: Int, failure: (afterSeconds: Double, error: AudioError)?) {
        self.sampleCount = sampleCount
        self.failure = failure
        info = AudioInfo(
            container: "fake", codec: "fake", sourceSampleRateHz: PCM.sampleRateHz, sourceChannelCount: 1,
            trackCount: 1,
            claimedDurationSeconds: PCM.seconds(sampleCount: sampleCount))
    }

    func next() throws -> [Float]? {
        try position.withLock { position in
            if let failure, PCM.seconds(sampleCount: position) >= failure.afterSeconds { throw failure.error }
            guard position < sampleCount else { return nil }
            let end = min(sampleCount, position + PCM.sampleRateHz)
            defer { position = end }
            return (position..<end).map { Float(PCM.seconds(sampleCount: $0)) }
        }
    }
}

/// A detector that hears speech for the first part of every period.
public struct FakeDetector: SpeechDetector {
    /// Length of a period in seconds.
    public var periodSeconds: Double
    /// Speech at the beginning of each period, in seconds.
    public var speechSeconds: Double

    /// Makes a detector.
    public init(periodSeconds: Double, speechSeconds: Double) {
        self.periodSeconds = periodSeconds
        self.speechSeconds = speechSeconds
    }

    /// See `SpeechDetector`.
    public func makeSession() throws -> any SpeechDetectionSession {
        FakeDetection(periodSeconds: periodSeconds, speechSeconds: speechSeconds)
    }
}

private final class FakeDetection: SpeechDetectionSession {
    let frameSampleCount = 512
    private let periodSeconds: Double
    private let speechSeconds: Double
    private let state = Mutex((frame: 0, rest: 0))

    init(periodSeconds: Double, speechSeconds: Double) {
        self.periodSeconds = periodSeconds
        self.speechSeconds = speechSeconds
    }

    func push(_ samples: [Float], cancellation: CancellationFlag) throws -> [Float] {
        state.withLock { state in
            let available = state.rest + samples.count
            state.rest = available % frameSampleCount
            return (0..<(available / frameSampleCount)).map { _ in
                defer { state.frame += 1 }
                let seconds = PCM.seconds(sampleCount: state.frame * frameSampleCount)
                return seconds.truncatingRemainder(dividingBy: periodSeconds) < speechSeconds ? 0.95 : 0.02
            }
        }
    }

    func finish(cancellation: CancellationFlag) throws -> [Float] { [] }
}

/// A recogniser that writes down when its window began (`w12` for twelve seconds), after as many suspensions as it is
/// told, so that windows finish out of order.
public struct FakeRecognizer: SpeechRecognizer {
    /// See `SpeechRecognizer`.
    public var descriptor: ModelDescriptor
    /// See `SpeechRecognizer`.
    public var concurrency: Int
    /// Runs before each window is answered; may throw or wait.
    public var work: @Sendable (AudioWindow) async throws -> Void

    /// Makes a recogniser.
    public init(
        id: String = "fake", languages: [String] = ["en"], canTranslate: Bool = false, concurrency: Int = 2,
        work: @escaping @Sendable (AudioWindow) async throws -> Void = { _ in }
    ) {
        descriptor = ModelDescriptor(
            id: id, summary: "A fake.", owner: "tests", license: "Apache-2.0", languages: languages,
            canTranslate: canTranslate, acceptsPrompt: false, maximumWindow: .seconds(20), preferredWindow: .seconds(1),
            createdUnixSeconds: 0)
        self.concurrency = concurrency
        self.work = work
    }

    /// See `SpeechRecognizer`.
    public func recognize(_ window: AudioWindow, options: RecognitionOptions) async throws -> WindowHypothesis {
        try await work(window)
        let word = Word(text: "w\(Int(window.span.midpointSeconds))", span: window.span, probability: 0.9)
        return WindowHypothesis(words: [word], language: "en", compressionRatio: 1, noSpeechProbability: 0)
    }
}

/// A diarizer that hears two people take turns of a fixed length.
public struct FakeDiarizer: Diarizer {
    /// Length of a turn in seconds.
    public var turnSeconds: Double

    /// Makes a diarizer.
    public init(turnSeconds: Double) { self.turnSeconds = turnSeconds }

    /// See `Diarizer`.
    public func makeSession(_ options: DiarizationOptions) async throws -> any DiarizationSession {
        FakeDiarization(turnSeconds: turnSeconds)
    }

    /// See `Diarizer`.
    public func voicePrint(of reference: AudioInput, name: String) async throws -> VoicePrint {
        VoicePrint(encoder: "fake", values: [1, 0], speechSeconds: 2)
    }
}

private actor FakeDiarization: DiarizationSession {
    private static let frameSeconds = 0.1
    private let turnSeconds: Double
    private var endSeconds = 0.0

    init(turnSeconds: Double) { self.turnSeconds = turnSeconds }

    func push(_ window: AudioWindow) async throws { endSeconds = window.span.endSeconds }

    func currentActivity(from startSeconds: Double) async throws -> SpeakerActivity { activity(from: startSeconds) }

    func finish() async throws -> SpeakerActivity { activity(from: 0) }

    private func activity(from start: Double) -> SpeakerActivity {
        let frames = (0..<Int(max(0, endSeconds - start) / Self.frameSeconds)).map { frame -> Float in
            let seconds = start + (Double(frame) + 0.5) * Self.frameSeconds
            return Int(seconds / turnSeconds).isMultiple(of: 2) ? 0.9 : 0.1
        }
        let turns = (0..<Int((endSeconds / turnSeconds).rounded(.up))).map { turn in
            SpeakerTurn(
                span: TimeSpan(
                    startSeconds: Double(turn) * turnSeconds,
                    endSeconds: min(endSeconds, Double(turn + 1) * turnSeconds)),
                speaker: turn.isMultiple(of: 2) ? "A" : "B")
        }
        return SpeakerActivity(
            speakers: ["A", "B"], turns: turns, startSeconds: start, frameSeconds: Self.frameSeconds,
            activity: [frames, frames.map { 1 - $0 }])
    }
}
