import Testing

@testable import ParleyScoring

@Suite struct TextScorerTests {
    private func turn(_ speaker: String, _ start: Double, _ text: String) -> SpokenTurn {
        SpokenTurn(speaker: speaker, startSeconds: start, text: text)
    }

    @Test func speakersArePairedForFewestErrors() throws {
        let reference = [turn("Anne", 0, "good morning all"), turn("Bob", 2, "hello")]
        let hypothesis = [turn("1", 2, "hello"), turn("2", 0, "good evening all")]
        let score = try TextScorer().score(reference: reference, hypothesis: hypothesis)
        #expect(score.speakers.map(\.reference) == ["Anne", "Bob"])
        #expect(score.speakers.map(\.hypothesis) == ["2", "1"])
        #expect(score.errors == WordErrors(substitutions: 1, referenceWordCount: 4))
        #expect(score.errors.rate == 0.25)
    }

    @Test func speakersWithoutPartner() throws {
        let reference = [turn("A", 0, "a b"), turn("B", 0, "c d")]
        let more = try TextScorer().score(
            reference: reference, hypothesis: reference + [turn("C", 0, "e f")])
        #expect(more.errors == WordErrors(insertions: 2, referenceWordCount: 4))
        #expect(more.speakers.last?.reference == nil)
        let fewer = try TextScorer().score(reference: reference, hypothesis: [reference[1]])
        #expect(fewer.errors == WordErrors(deletions: 2, referenceWordCount: 4))
    }

    @Test func turnsAreJoinedInOrderOfTime() throws {
        let reference = [turn("A", 5, "c"), turn("A", 0, "a"), turn("A", 0, "b")]
        let hypothesis = [turn("x", 0, "a b c")]
        #expect(try TextScorer().score(reference: reference, hypothesis: hypothesis).errors.count == 0)
    }

    @Test func normalization() throws {
        #expect(TextNormalization.none.words(of: " Well,\tyes. \n") == ["Well,", "yes."])
        #expect(TextNormalization.basic.words(of: "Well, ... ÇA va?!") == ["well", "ça", "va"])
        let reference = [turn("A", 0, "Well, yes.")]
        let hypothesis = [turn("x", 0, "well yes")]
        #expect(try TextScorer().score(reference: reference, hypothesis: hypothesis).errors.count == 2)
        #expect(
            try TextScorer(normalization: .basic).score(reference: reference, hypothesis: hypothesis).errors.count == 0)
    }

    @Test func silence() throws {
        #expect(try TextScorer().score(reference: [], hypothesis: []).errors.rate == 0)
        #expect(try TextScorer().score(reference: [], hypothesis: [turn("x", 0, "boo")]).errors.rate == nil)
        #expect(try TextScorer().score(reference: [turn("A", 0, "")], hypothesis: []).errors.rate == 0)
    }

    /// Insertions less deletions are what the lengths say; the fewest errors are those of trying everything.
    @Test(arguments: 0..<200) func countsAgreeWithTheDistance(_ seed: Int) {
        var state = UInt64(seed)
        func draw(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        func words() -> [Int32] { (0..<draw(below: 7)).map { _ in Int32(draw(below: 3)) } }
        let (reference, hypothesis) = (words(), words())
        let errors = EditDistance.errors(reference, hypothesis)
        #expect(errors.count == fewest(reference[...], hypothesis[...]))
        #expect(errors.count == EditDistance.distance(reference, hypothesis))
        #expect(errors.insertions - errors.deletions == hypothesis.count - reference.count)
    }

    private func fewest(_ left: ArraySlice<Int32>, _ right: ArraySlice<Int32>) -> Int {
        guard let first = left.first, let second = right.first else { return max(left.count, right.count) }
        let both = fewest(left.dropFirst(), right.dropFirst()) + (first == second ? 0 : 1)
        return min(both, 1 + min(fewest(left.dropFirst(), right), fewest(left, right.dropFirst())))
    }
}
