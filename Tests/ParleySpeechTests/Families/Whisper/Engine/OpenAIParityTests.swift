import Foundation
import ParleyCore
import Testing

@testable import ParleyInference
@testable import ParleySpeech

/// The same weights and signals give what openai/whisper gives.
@Suite(.enabled(if: WhisperFixture.isAvailable, WhisperFixture.hint), .serialized)
struct OpenAIParityTests {
    /// Modes of the reference; Parley has no prefix of a window's own text.
    static let modes = [
        "greedy_text", "greedy_times", "greedy_german", "greedy_translate", "greedy_prompt", "beam_text", "beam_times",
        "beam_patience", "beam_prompt",
    ]

    @Test func theSignalsAreThoseOfTheReference() throws {
        for (name, signal) in try WhisperReference.load().signals {
            let samples = FixtureSignal.samples(count: signal.sampleCount, signal.components)
            #expect(FixtureSignal.crc32(samples) == signal.crc32LittleEndian, "\(name)")
        }
    }

    @Test func everyModeIsTested() throws {
        let modes = try WhisperReference.load().windowModes
        #expect(Set(modes.filter { $0.value.prefix == nil }.keys) == Set(Self.modes))
    }

    @Test(arguments: modes) func tokensAndScores(_ mode: String) throws {
        try compare(.merged, mode)
    }

    /// The other layouts hold the same weights.
    ///
    /// A greedy text that is cut earlier is the beginning of the longer one.
    @Test(arguments: [WhisperFixture.pair, .sherpa], modes)
    func otherLayouts(_ fixture: WhisperFixture, _ mode: String) throws {
        try compare(fixture, mode, limit: mode.hasPrefix("greedy") ? 40 : nil)
    }

    private func compare(_ fixture: WhisperFixture, _ mode: String, limit: Int? = nil) throws {
        let reference = try WhisperReference.load()
        var options = try #require(reference.windowModes[mode]).options
        if let limit { options.decoding.maximumTokenCount = min(limit, options.decoding.maximumTokenCount ?? limit) }
        let windows = FixtureWindow.all
        try #require(windows.count == reference.signals.count)
        let engine = try fixture.engine(maximumBatch: 16)
        for (window, hypothesis) in zip(windows, try engine.decode(windows.map { $0.job(options) })) {
            let expected = try #require(reference.signals[window.name]?.windows[mode])
            #expect(abs(hypothesis.noSpeechProbability - expected.noSpeechProb) < 1e-3, "\(window.name)")
            let tokens = expected.tokens.prefix(limit ?? .max)
            // As in openai/whisper's `transcribe`, marks of time without text are nothing.
            let isText = tokens.contains { $0 < engine.tokenizer.special.endOfText }
            #expect(hypothesis.tokens == (isText ? Array(tokens) : []), "\(window.name)")
            guard tokens.count == expected.tokens.count else { continue }
            #expect(abs((hypothesis.averageLogProbability ?? 0) - expected.avgLogprob) < 1e-3, "\(window.name)")
        }
    }

    @Test(arguments: WhisperFixture.allCases) func languages(_ fixture: WhisperFixture) throws {
        let reference = try WhisperReference.load()
        var options = RecognitionOptions(decoding: .unjudged)
        options.decoding.maximumTokenCount = 4
        let found = try fixture.engine(maximumBatch: 16).decode(FixtureWindow.all.map { $0.job(options) })
        for (window, hypothesis) in zip(FixtureWindow.all, found) {
            let expected = try #require(reference.signals[window.name]).languageProbabilities
            #expect(hypothesis.language == expected.max { $0.value < $1.value }?.key, "\(window.name)")
            let probability = try #require(hypothesis.languageProbability)
            #expect(abs(probability - (expected.values.max() ?? 0)) < 1e-3, "\(window.name)")
        }
    }

    @Test(arguments: ["greedy_text", "greedy_times"]) func wordTimes(_ mode: String) throws {
        let reference = try WhisperReference.load()
        let engine = try WhisperFixture.merged.engine(maximumBatch: 16)
        try #require(engine.network.givesAttention)
        let steering = try engine.prompts.steering(task: .transcribe, language: "en")
        let requests = try FixtureWindow.all.map { window in
            let tokens = try #require(reference.signals[window.name]?.windows[mode]).tokens
            let text = tokens.filter { $0 < engine.tokenizer.special.endOfText }
            let segment = TextSegment(
                startSeconds: 0, endSeconds: window.seconds, tokens: text.map { TextToken(id: $0, logProbability: 0) })
            return WordAligner.Request(
                audio: try engine.network.encode([window.features], cancellation: CancellationFlag()),
                windowSeconds: window.seconds, steering: steering, segments: [segment], language: "en")
        }
        // All in one batch, padded to the longest.
        let aligner = WordAligner(network: engine.network, tokenizer: engine.tokenizer)
        var wholeCount = 0
        for (window, words) in zip(
            FixtureWindow.all, try aligner.words(of: requests, cancellation: CancellationFlag()))
        {
            let expected = try #require(reference.signals[window.name]?.words[mode])
            // Behind bytes that are no characters openai/whisper loses the rest of the text; Parley keeps it.
            let isWhole = expected.reduce(0) { $0 + $1.tokens.count } == words.reduce(0) { $0 + $1.tokens.count }
            if isWhole { wholeCount += 1 }
            let compared = isWhole ? words[...] : words.prefix(expected.count)
            #expect(compared.map(\.text) == expected.map(\.word), "\(window.name)")
            #expect(compared.map { $0.tokens.map(\.id) } == expected.map(\.tokens), "\(window.name)")
            for (word, other) in zip(words, expected) {
                #expect(abs(word.startSeconds - other.start) < 0.0201, "\(window.name) \(other.word)")
                #expect(abs(word.endSeconds - other.end) < 0.0201, "\(window.name) \(other.word)")
                #expect(abs(word.probability - other.probability) < 1e-3, "\(window.name) \(other.word)")
            }
        }
        #expect(wholeCount >= 14)
    }

    @Test(arguments: [WeightPrecision.int8, .float16]) func smallWeightsLoadAndDecode(
        _ precision: WeightPrecision
    ) async throws {
        let recognizer = try WhisperFixture.merged.recognizer(precision: precision)
        var options = RecognitionOptions(language: "en", decoding: .unjudged)
        options.decoding.maximumTokenCount = 12
        for beamSize in [1, 3] {
            options.decoding.beamSize = beamSize
            for window in FixtureWindow.all.prefix(4) {
                let hypothesis = try await recognizer.recognize(window.audioWindow(), options: options)
                #expect(hypothesis.averageLogProbability?.isFinite == true)
                #expect(hypothesis.tokens.count <= 12)
            }
        }
    }

    @Test func theRecogniserGivesTheSameAsItsEngine() async throws {
        let window = try #require(FixtureWindow.all.first { $0.name == "syllables" })
        let options = RecognitionOptions(language: "en", decoding: .unjudged)
        let alone = try WhisperFixture.merged.engine().decode([window.job(options)])
        let recognizer = try WhisperFixture.merged.recognizer()
        #expect(try await recognizer.recognize(window.audioWindow(), options: options) == alone[0])
        // Where the window lies in the recording moves the words and nothing else, whatever rounding does to its span.
        for startSample in [1, 160_001, 999_999_999] {
            var moved = try await recognizer.recognize(
                window.audioWindow(startSample: startSample), options: options)
            #expect(moved.words.count == alone[0].words.count)
            for index in moved.words.indices where index < alone[0].words.count {
                let offset = PCM.seconds(sampleCount: startSample)
                let span = moved.words[index].span
                #expect(abs(span.startSeconds - offset - alone[0].words[index].span.startSeconds) < 1e-6)
                #expect(abs(span.endSeconds - offset - alone[0].words[index].span.endSeconds) < 1e-6)
                moved.words[index].span = alone[0].words[index].span
            }
            #expect(moved == alone[0])
        }
    }

    @Test func aWindowOfThirtySecondsIsTakenWhereverItStarts() async throws {
        let recognizer = try WhisperFixture.merged.recognizer()
        var options = RecognitionOptions(language: "en", decoding: .unjudged)
        options.decoding.maximumTokenCount = 1
        let samples = [Float](repeating: 0, count: 480_000)
        for startSample in [0, 1, 4_321, 1_600_001, 123_456_789] {
            let window = AudioWindow(startSample: startSample, samples: samples)
            _ = try await recognizer.recognize(window, options: options)
        }
        await #expect(throws: RecognitionError.self) {
            _ = try await recognizer.recognize(
                AudioWindow(startSample: 0, samples: samples + [0]), options: options)
        }
    }
}
