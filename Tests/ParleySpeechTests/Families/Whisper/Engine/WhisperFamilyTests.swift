import ParleyCore
import ParleyInference
import Testing

@testable import ParleySpeech

@Suite struct WhisperFamilyTests {
    private static let languages = ["en", "zh", "de", "es", "ru", "ko", "fr", "ja", "pt", "tr", "pl", "ca"]

    @Test(arguments: WhisperFixture.allCases) func describesWithoutLoading(_ fixture: WhisperFixture) throws {
        #expect(FamilyCatalog.familyName(directory: fixture.directory) == "Whisper")
        let descriptor = try FamilyCatalog.describe(id: "mini", directory: fixture.directory)
        #expect(descriptor.id == "mini")
        #expect(descriptor.maximumWindow == .seconds(30))
        #expect(descriptor.preferredWindow == .seconds(30))
        #expect(descriptor.longestPause > .zero)
        #expect(descriptor.acceptsPrompt)
        #expect(descriptor.languages == Self.languages)
        #expect(descriptor.canTranslate)
    }

    @Test(.enabled(if: WhisperFixture.isAvailable, WhisperFixture.hint), arguments: WhisperFixture.allCases)
    func isWhatItWasDescribedAs(_ fixture: WhisperFixture) throws {
        let described = try FamilyCatalog.describe(id: "mini", directory: fixture.directory)
        let loaded = try FamilyCatalog.load(
            id: "mini", directory: fixture.directory, resources: WhisperFixture.resources())
        #expect(loaded.descriptor == described)
        #expect(loaded.concurrency == 2 * BatchingOptions().maximumBatch)
    }

    @Test(.enabled(if: WhisperFixture.isAvailable, WhisperFixture.hint))
    func weightsThatAreNotThereAreNamed() throws {
        let error = #expect(throws: RecognitionError.self) {
            try FamilyCatalog.load(
                id: "mini", directory: WhisperFixture.pair.directory,
                resources: WhisperFixture.resources(precision: .int8))
        }
        #expect(error?.code == .modelUnavailable)
        #expect(error?.message.contains("int8") == true && error?.message.contains("float32") == true)
    }
}
