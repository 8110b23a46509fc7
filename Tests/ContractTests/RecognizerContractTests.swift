import ParleyCore
import ParleySpeech
import ParleyTestSupport
import Testing

/// What every family promises, whichever it is.
///
/// A new family adds a line to ``RecognizerCase/all``.
@Suite(.enabled(if: RecognizerCase.isAvailable, "no PocketSphinx model is installed"))
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
        let hypothesis = try await recognizer.recognize(window, options: RecognitionOptions())
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
        for window in windows { alone.append(try await recognizer.recognize(window, options: RecognitionOptions())) }
        // All at once, each several times, on decoders that have heard other things before.
        let together = try await withThrowingTaskGroup(of: (Int, WindowHypothesis).self) { group in
            for index in 0..<12 {
                group.addTask {
                    (index % 4, try await recognizer.recognize(windows[index % 4], options: RecognitionOptions()))
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
            let hypothesis = try await recognizer.recognize(window, options: RecognitionOptions())
            #expect(hypothesis.words.count <= 2)
        }
    }

    @Test(arguments: RecognizerCase.all) func samplesOutOfRangeDoNoHarm(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        let wild = (0..<16_000).map { Float($0 % 7 - 3) * 1_000 }
        _ = try await recognizer.recognize(AudioWindow(startSample: 0, samples: wild), options: RecognitionOptions())
    }

    @Test(arguments: RecognizerCase.all) func aCancelledTaskGetsNoAnswer(_ family: RecognizerCase) async throws {
        let recognizer = try family.load()
        let window = AudioWindow(startSample: 0, samples: TestSpeech.vowels(seconds: 15))
        let task = Task { try await recognizer.recognize(window, options: RecognitionOptions()) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // The decoder is free and sound again.
        let next = AudioWindow(startSample: 0, samples: TestSpeech.vowels(seconds: 1))
        _ = try await recognizer.recognize(next, options: RecognitionOptions())
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

    static let all = [RecognizerCase(id: "bundled", directory: TestEnvironment.pocketSphinxModel)]
    static var isAvailable: Bool { all.allSatisfy { TestEnvironment.exists($0.directory + "/en-us/mdef") } }

    var testDescription: String { id }

    func load() throws -> any SpeechRecognizer {
        try FamilyCatalog.load(id: id, directory: directory, resources: FamilyResources(decoderCount: 2))
    }
}
