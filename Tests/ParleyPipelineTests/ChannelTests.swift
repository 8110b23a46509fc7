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

    /// Spans to a tenth of a second.
    private func rounded(_ turns: [SpeakerTurn]) -> [String] {
        turns.map { turn in
            let ends = [turn.span.startSeconds, turn.span.endSeconds].map { ($0 * 10).rounded() / 10 }
            return "\(turn.speaker) \(ends[0])-\(ends[1])"
        }
    }

    /// Two people who take turns and talk over each other at the end, over several steps of reading.
    private var call: [[Float]] {
        [
            talk(1, seconds: 44, [1...4, 12...14, 30...34]),
            talk(2, seconds: 44, [6...9, 20...23, 32...36]),
        ]
    }

    @Test func eachChannelIsASpeaker() async throws {
        let result = try await diarize(call)
        #expect(result.speakers == ["A", "B"])
        #expect(
            rounded(result.turns) == [
                "A 1.0-4.0", "B 6.0-9.0", "A 12.0-14.0", "B 20.0-23.0", "A 30.0-34.0", "B 32.0-36.0",
            ])
        let last = result.turns.suffix(2)
        #expect(last.allSatisfy { abs($0.overlapSeconds - 2) < 0.1 })
        #expect(result.turns.prefix(4).allSatisfy { $0.overlapSeconds == 0 && $0.confidence > 0.9 })
        #expect(result.durationSeconds == 44)
        for (one, next) in zip(result.exclusiveTurns, result.exclusiveTurns.dropFirst()) {
            #expect(one.span.endSeconds <= next.span.startSeconds)
        }
    }

    @Test func speakersAreNamedInTheOrderOfTheChannels() async throws {
        #expect(try await diarize(call, names: ["Agent", "A"]).speakers == ["Agent", "A"])
        // Somebody whose channel comes first but who speaks later is named by the channel.
        #expect(try await diarize([call[1], call[0]]).speakers == ["B", "A"])
        // A letter that is a given name is not used twice.
        #expect(try await diarize(call + [talk(3, seconds: 44, [40...42])], names: ["B"]).speakers == ["B", "A", "C"])
    }

    @Test func wordsComeInOrderOfTimeWithTheirChannelsSpeaker() async throws {
        let events = try await transcribe(call)
        guard case .finished(let transcript)? = events.last else {
            Issue.record("no transcript")
            return
        }
        #expect(transcript.segments.map(\.speaker) == ["A", "B", "A", "B", "A", "B"])
        #expect(transcript.segments.map(\.id) == Array(0..<6))
        #expect(transcript.segments.map(\.text) == ["w2", "w7", "w13", "w21", "w32", "w34"])
        #expect(transcript.speakers == ["A", "B"])
        #expect(transcript.turns.count == 6 && !transcript.exclusiveTurns.isEmpty)
        #expect(transcript.durationSeconds == 44)
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
        #expect(rounded(result.turns.filter { $0.speaker == "A" }) == ["A 1.0-4.0", "A 12.0-14.0", "A 30.0-34.0"])
        // Where both talk B is heard although A's echo lies under it.
        #expect(rounded(result.turns.filter { $0.speaker == "B" }) == ["B 6.0-9.0", "B 20.0-23.0", "B 32.0-36.0"])
    }

    @Test func somebodyQuietIsNotTakenForAnEcho() async throws {
        let quiet = call[1].map { $0 * 0.1 }
        let result = try await diarize([call[0], quiet])
        #expect(rounded(result.turns.filter { $0.speaker == "B" }) == ["B 6.0-9.0", "B 20.0-23.0", "B 32.0-36.0"])
    }

    @Test func silenceHasNoSpeakers() async throws {
        let result = try await diarize([[Float](repeating: 0, count: 16_000), [Float](repeating: 0, count: 16_000)])
        #expect(result.speakers.isEmpty && result.turns.isEmpty)
    }

    @Test func nearlyNothingIsTooShort() async throws {
        await #expect(throws: AudioError.self) { _ = try await diarize([[0, 0], [0, 0]]) }
    }
}
