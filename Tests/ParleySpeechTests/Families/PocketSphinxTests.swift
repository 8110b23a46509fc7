import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct PocketSphinxTests {
    @Test(arguments: [
        ("hello", "hello"), ("the(2)", "the"), ("<sil>", nil), ("[NOISE]", nil), ("++UH++", nil), ("</s>", nil),
        ("", nil),
    ])
    func showsWordsWithoutTheirMarks(_ entry: String, _ shown: String?) {
        #expect(SphinxDecoder.displayedWord(entry) == shown)
    }

    @Test func aMissingModelSaysWhatToInstall() {
        #expect {
            try PocketSphinxFamily.load(
                id: "x", directory: "/nonexistent", resources: FamilyResources(decoderCount: 1))
        } throws: { error in
            guard let error = error as? RecognitionError else { return false }
            return error.code == .modelUnavailable && error.message.contains("pocketsphinx-en-us")
                && !error.message.contains("/nonexistent")
        }
    }

    @Test func theMeanIsTakenOverTheWindowAndThePrior() {
        let normalization = CepstralMeanNormalization(width: 2, priorMean: [10], priorFrameCount: 2)
        var frames: [Float] = [4, 1, 6, 3]
        normalization.apply(to: &frames)
        // Means: (10 + 10 + 4 + 6) / 4 = 7.5 and (0 + 0 + 1 + 3) / 4 = 1.
        #expect(frames == [-3.5, 0, -1.5, 2])
    }
}
