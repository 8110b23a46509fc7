import ParleyCore
import ParleyInference
import ParleySpeech
import ParleyTestSupport
import Testing

/// What every family promises, whichever it is.
///
/// A new family adds a line to ``RecognizerCase/all``.
@Suite(.enabled(if: !RecognizerCase.all.isEmpty, "neither a PocketSphinx model nor ONNX Runtime is installed"))
struct RecognizerContractTests {
    @Test(arguments: RecognizerCase.all) func describesItself(_ family: RecognizerCase) throws {
        let descriptor = try family.load().descriptor
        #expect(descriptor.id == family.id)
        #expect(!descriptor.languages.isEmpty)
        #expect(descriptor.maximumWindow > .seconds(1))
        #expect(descriptor.preferredWindow <= descriptor.maximumWindow)
        #expect(!descriptor.license.isEmpty)
    }

    @Test(arguments: RecognizerCase.all) func wordsLieInTheirWindowInOrder(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        let window = AudioWindow(startSample: 160_000, samples: TestSpeech.vowels(seconds: 3))
        let hypothesis = try await recognizer.recognize(window, options: family.options)
        var last = window.span.startSeconds
        for word in hypothesis.words {
            #expect(!word.text.isEmpty)
            #expect((0...1).contains(word.probability))
            #expect(word.span.startSeconds >= last - 0.011)
            #expect(word.span.endSeconds <= window.span.endSeconds + 0.05)
            last = word.span.endSeconds
        }
        #expect(recognizer.descriptor.languages.contains(hypothesis.language))
    }

    @Test(arguments: RecognizerCase.all) func theSameWindowGivesTheSameWords(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        let windows = (0..<4).map { index in
            AudioWindow(
                startSample: 0, samples: TestSpeech.vowels(seconds: 1.5 + Double(index) / 3, seed: UInt64(index)))
        }
        var alone: [WindowHypothesis] = []
        for window in windows { alone.append(try await recognizer.recognize(window, options: family.options)) }
        // All at once, each several times, on decoders that have heard other things before.
        let together = try await withThrowingTaskGroup(of: (Int, WindowHypothesis).self) { group in
            for index in 0..<12 {
                group.addTask {
                    (index % 4, try await recognizer.recognize(windows[index % 4], options: family.options))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (index, hypothesis) in together { #expect(hypothesis == alone[index]) }
    }

    @Test(arguments: RecognizerCase.all) func silenceAndNothingAreAnswered(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        for sampleCount in [0, 1, 100, 400, 16_000] {
            let window = AudioWindow(startSample: 0, samples: [Float](repeating: 0, count: sampleCount))
            let hypothesis = try await recognizer.recognize(window, options: family.options)
            if family.isTrained { #expect(hypothesis.words.count <= 2) }
        }
    }

    @Test(arguments: RecognizerCase.all) func samplesOutOfRangeDoNoHarm(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        let wild = (0..<16_000).map { Float($0 % 7 - 3) * 1_000 }
        _ = try await recognizer.recognize(AudioWindow(startSample: 0, samples: wild), options: family.options)
    }

    @Test(arguments: RecognizerCase.all) func aCancelledTaskGetsNoAnswer(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        let window = AudioWindow(startSample: 0, samples: TestSpeech.vowels(seconds: 15))
        let task = Task { try await recognizer.recognize(window, options: family.options) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The decoder is free and sound again.
        let next = AudioWindow(startSample: 0, samples: TestSpeech.vowels(seconds: 1))
        _ = try await recognizer.recognize(next, options: family.options)
    }

    @Test(arguments: RecognizerCase.all) func translatingIsDoneOrRefused(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        guard !recognizer.descriptor.canTranslate else { return }
        let window = AudioWindow(startSample: 0, samples: TestSpeech.vowels(seconds: 1))
        let error = try await #require(throws: RecognitionError.self) {
            try await recognizer.recognize(window, options: RecognitionOptions(task: .translate))
        }
        #expect(error.code == .translationUnsupported)
    }

    @Test func aFolderOfNoFamilyIsRefused() {
        let error = #expect(throws: RecognitionError.self) {
            try FamilyCatalog.load(id: "x", directory: "/", resources: FamilyResources(decoderCount: 1))
        }
        #expect(error?.code == .modelUnavailable)
        #expect(error?.message.contains("PocketSphinx") == true)
    }
}

/// One family with a model that this machine has.
struct RecognizerCase: Sendable, CustomTestStringConvertible {
    let id: String
    let directory: String
    /// Networks of random weights hear words in silence and never find an end.
    var isTrained = true

    /// The defaults, or shorter texts and fewer attempts for networks of random weights.
    var options: RecognitionOptions {
        var options = RecognitionOptions()
        if !isTrained {
            options.decoding.maximumTokenCount = 8
            options.decoding.temperatureIncrement = 0.5
        }
        return options
    }

    /// Those whose models and libraries are here.
    static let all = sphinx + whisper

    private static let sphinx =
        TestEnvironment.exists(TestEnvironment.pocketSphinxModel + "/en-us/mdef")
        ? [RecognizerCase(id: "bundled", directory: TestEnvironment.pocketSphinxModel)] : []

    /// The committed networks of random weights, in each layout.
    private static let whisper =
        TestEnvironment.onnxRuntimePath == nil
        ? []
        : ["whisper-mini", "whisper-mini-pair", "whisper-mini-sherpa"].map {
            RecognizerCase(id: $0, directory: RepositoryFile.path("Tests/Fixtures/" + $0), isTrained: false)
        }

    var testDescription: String { id }

    func load() throws -> any SpeechRecognizer {
        let library = TestEnvironment.onnxRuntimePath.map { [$0] } ?? []
        return try FamilyCatalog.load(
            id: id, directory: directory,
            resources: FamilyResources(decoderCount: 2, precision: id == "bundled" ? nil : .float32) {
                () throws(InferenceError) in try OnnxRuntime.load(firstOf: library)
            })
    }
}
