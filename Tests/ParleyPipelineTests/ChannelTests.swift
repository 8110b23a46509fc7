import ParleyCore
import ParleyTestSupport
import Synchronization
import Testing

@testable import ParleyPipeline

/// Noise that is the same in every run, as loud as speech.
private func noise(_ seed: UInt64, count: Int) -> [Float] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23) * 0.3
    }
}

/// A channel in which somebody talks at times.
private func talk(_ seed: UInt64, seconds: Double, _ spans: [ClosedRange<Double>]) -> [Float] {
    let sound = noise(seed, count: PCM.sampleCount(seconds: seconds))
    return sound.indices.map { index in
        spans.contains { $0.contains(PCM.seconds(sampleCount: index)) } ? sound[index] : 0
    }
}

/// What one channel hears of another.
private func echo(_ samples: [Float], gain: Float, delay: Int) -> [Float] {
    [Float](repeating: 0, count: delay) + samples.dropLast(delay).map { $0 * gain }
}

private struct ChannelDecoder: AudioDecoder {
    let channels: [[Float]]

    func open(_ input: AudioInput, track: Int?) throws -> any AudioReader {
        throw AudioError(.internalFailure, "Nobody should mix these channels.")
    }

    func openChannels(_ input: AudioInput, track: Int?) throws -> any ChannelReader { Reader(channels) }

    private final class Reader: ChannelReader {
        let info: AudioInfo
        private let channels: [[Float]]
        private let position = Mutex(0)

        init(_ channels: [[Float]]) {
            self.channels = channels
            info = AudioInfo(
                container: "fake", codec: "fake", sourceSampleRateHz: PCM.sampleRateHz,
                sourceChannelCount: channels.count, trackCount: 1, claimedDurationSeconds: nil)
        }

        func next() throws -> [[Float]]? {
            position.withLock { position in
                // An odd length, so that nothing depends on chunks that are whole frames.
                let chunk = position..<min(channels[0].count, position + 10_007)
                position = chunk.upperBound
                return chunk.isEmpty ? nil : channels.map { Array($0[chunk]) }
            }
        }
    }
}

/// Hears speech wherever there is sound.
private struct SoundDetector: SpeechDetector {
    func makeSession() throws -> any SpeechDetectionSession { Session() }

    private final class Session: SpeechDetectionSession {
        let frameSampleCount = 512
        private let rest = Mutex<[Float]>([])

        func push(_ samples: [Float], cancellation: CancellationFlag) throws -> [Float] {
            rest.withLock { rest in
                rest += samples
                let frames = rest.count / frameSampleCount
                let probabilities = (0..<frames).map { frame -> Float in
                    let window = rest[(frame * frameSampleCount)..<((frame + 1) * frameSampleCount)]
                    return window.contains { abs($0) > 0.001 } ? 0.95 : 0.02
                }
                rest.removeFirst(frames * frameSampleCount)
                return probabilities
            }
        }

        func finish(cancellation: CancellationFlag) throws -> [Float] { [] }
    }
}

@Suite struct ChannelTests {
    private let input = AudioInput(path: "/dev/null", displayName: "call.wav")

    private func diarize(_ channels: [[Float]], names: [String] = []) async throws -> Diarization {
        try await DiarizationPipeline(
            decoder: ChannelDecoder(channels: channels), detector: SoundDetector(),
            diarizer: FakeDiarizer(turnSeconds: 1), readerThreadCount: 1
        ).diarizeChannels(input, names: names, detection: SpeechDetectionOptions())
    }

    private func transcribe(_ channels: [[Float]], names: [String] = [], early: Bool = false) async throws
        -> [TranscriptionEvent]
    {
        let pipeline = TranscriptionPipeline(
            parts: PipelineParts(
                models: LoadedRecognizers([FakeRecognizer()]), decoder: ChannelDecoder(channels: channels),
                detector: SoundDetector(), diarizer: nil), readerThreadCount: 1)
        var options = TranscriptionOptions()
        options.channels = .split(names: names)
        options.emitsSegmentsEarly = early
        var events: [TranscriptionEvent] = []
        for try await event in pipeline.transcribe(input, options: options) { events.append(event) }
        return events
    }

    /// Whether turns are those expected, to two frames of the detector and the gate's view around a frame.
    private func agree(_ turns: [SpeakerTurn], _ expected: [(speaker: String, start: Double, end: Double)]) -> Bool {
        turns.count == expected.count
            && zip(turns, expected).allSatisfy { turn, wanted in
                turn.speaker == wanted.speaker && abs(turn.span.startSeconds - wanted.start) < 0.13
                    && abs(turn.span.endSeconds - wanted.end) < 0.13
            }
    }

    private let ofA = [("A", 0.6, 1.6), ("A", 4, 4.5), ("A", 11, 12)]
    private let ofB = [("B", 2, 3), ("B", 6, 7), ("B", 11.5, 12.9)]

    /// Two people who take turns and talk over each other at the end, over several steps of reading.
    private var call: [[Float]] {
        [
            talk(1, seconds: 14, [0.6...1.6, 4...4.5, 11...12]),
            talk(2, seconds: 14, [2...3, 6...7, 11.5...12.9]),
        ]
    }

    @Test func eachChannelIsASpeaker() async throws {
        let result = try await diarize(call)
        #expect(result.speakers == ["A", "B"])
        #expect(agree(result.turns, [ofA[0], ofB[0], ofA[1], ofB[1], ofA[2], ofB[2]]))
        let last = result.turns.suffix(2)
        #expect(last.allSatisfy { abs($0.overlapSeconds - 0.5) < 0.1 })
        #expect(result.turns.prefix(4).allSatisfy { $0.overlapSeconds == 0 && $0.confidence > 0.9 })
        #expect(result.durationSeconds == 14)
        for (one, next) in zip(result.exclusiveTurns, result.exclusiveTurns.dropFirst()) {
            #expect(one.span.endSeconds <= next.span.startSeconds)
        }
    }

    @Test func speakersAreNamedInTheOrderOfTheChannels() async throws {
        #expect(try await diarize(call, names: ["Agent", "A"]).speakers == ["Agent", "A"])
        // Somebody whose channel comes first but who speaks later is named by the channel.
        #expect(try await diarize([call[1], call[0]]).speakers == ["B", "A"])
        // A letter that is a given name is not used twice.
        #expect(
            try await diarize(call + [talk(3, seconds: 14, [13...13.8])], names: ["B"]).speakers == ["B", "A", "C"])
    }

    @Test func wordsComeInOrderOfTimeWithTheirChannelsSpeaker() async throws {
        let events = try await transcribe(call)
        guard case .finished(let transcript)? = events.last else {
            Issue.record("no transcript")
            return
        }
        #expect(transcript.segments.map(\.speaker) == ["A", "B", "A", "B", "A", "B"])
        #expect(transcript.segments.map(\.id) == Array(0..<6))
        #expect(transcript.segments.map(\.text) == ["w1", "w2", "w4", "w6", "w11", "w12"])
        #expect(transcript.speakers == ["A", "B"])
        #expect(transcript.turns.count == 6 && !transcript.exclusiveTurns.isEmpty)
        #expect(transcript.durationSeconds == 14)
    }

    @Test func aStreamGetsItsSegmentsAtTheEnd() async throws {
        let events = try await transcribe(call, early: true)
        #expect(!events.contains { if case .segment = $0 { true } else { false } })
    }

    @Test func moreNamesThanChannelsAreRefused() async throws {
        await #expect(throws: AudioError.self) { _ = try await transcribe(call, names: ["a", "b", "c"]) }
    }

    @Test(arguments: [0, 37, 320, 1_000]) func anEchoIsNobody(delay: Int) async throws {
        let (a, b) = (call[0], call[1])
        let leaky = zip(b, echo(a, gain: 0.1, delay: delay)).map { $0 + $1 }
        let result = try await diarize([a, leaky])
        #expect(agree(result.turns.filter { $0.speaker == "A" }, ofA))
        // Where both talk B is heard although A's echo lies under it.
        #expect(agree(result.turns.filter { $0.speaker == "B" }, ofB))
    }

    @Test func somebodyQuietIsNotTakenForAnEcho() async throws {
        let quiet = call[1].map { $0 * 0.1 }
        let result = try await diarize([call[0], quiet])
        #expect(agree(result.turns.filter { $0.speaker == "B" }, ofB))
    }

    @Test func silenceHasNoSpeakers() async throws {
        let result = try await diarize([[Float](repeating: 0, count: 16_000), [Float](repeating: 0, count: 16_000)])
        #expect(result.speakers.isEmpty && result.turns.isEmpty)
    }

    @Test func nearlyNothingIsTooShort() async throws {
        await #expect(throws: AudioError.self) { _ = try await diarize([[0, 0], [0, 0]]) }
    }
}
