import Testing

@testable import ParleySpeech

@Suite struct CompressionRatioTests {
    @Test func emptyTextHasNone() { #expect(compressionRatio(of: "") == 0) }

    @Test func repetitionRaisesIt() {
        let plain = compressionRatio(of: "the quick brown fox jumps over the lazy dog")
        let loop = compressionRatio(of: String(repeating: "thank you for watching ", count: 20))
        #expect(plain < 1.2)
        #expect(loop > 2.4)
    }

    @Test func equalsZlibOfOtherLanguages() {
        // Python: text = "ab" * 100; len(text) / len(zlib.compress(text.encode())) with level 6.
        #expect(abs(compressionRatio(of: String(repeating: "ab", count: 100)) - 200.0 / 13.0) < 1e-9)
    }
}
