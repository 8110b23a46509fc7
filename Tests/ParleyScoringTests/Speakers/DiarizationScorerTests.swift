import ParleyCore
import ParleyScoring
import Testing

/// Cases small enough to be reckoned by hand; the parity with pyannote.metrics is in `ReferenceScoresTests`.
@Suite struct DiarizationScorerTests {
    private func turn(_ start: Double, _ end: Double, _ speaker: String) -> SpeakerTurn {
        SpeakerTurn(span: TimeSpan(startSeconds: start, endSeconds: end), speaker: speaker)
    }

    private func near(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-9 }

    @Test func errorsOfEachKind() throws {
        let reference = [turn(0, 10, "Anne"), turn(12, 20, "Bob")]
        // Anne is x but for two seconds that go to y; y begins a second late and ends a second late.
        let hypothesis = [turn(0, 8, "x"), turn(8, 10, "y"), turn(13, 21, "y")]
        let score = try DiarizationScorer().score(reference: reference, hypothesis: hypothesis)
        #expect(near(score.errors.totalSeconds, 18))
        #expect(near(score.errors.correctSeconds, 15))
        #expect(near(score.errors.missSeconds, 1))
        #expect(near(score.errors.falseAlarmSeconds, 1))
        #expect(near(score.errors.confusionSeconds, 2))
        #expect(near(score.errors.rate, 4.0 / 18))
        #expect(score.speakers.map(\.reference) == ["Anne", "Bob"])
        #expect(score.speakers.map(\.hypothesis) == ["x", "y"])
        // Anne: 8 of 10 shared. Bob: 7 shared, 11 united.
        #expect(near([score].jaccardErrorRate, ((1 - 0.8) + (1 - 7.0 / 11)) / 2))
    }

    @Test func collarIsCountedOnEachSide() throws {
        let reference = [turn(1, 5, "A")]
        let hypothesis = [turn(1.2, 5.2, "x")]
        let plain = try DiarizationScorer().score(reference: reference, hypothesis: hypothesis)
        #expect(near(plain.errors.rate, 0.4 / 4))
        let forgiven = try DiarizationScorer(collarSeconds: 0.25).score(reference: reference, hypothesis: hypothesis)
        #expect(near(forgiven.errors.totalSeconds, 3.5))
        #expect(near(forgiven.errors.rate, 0))
    }

    @Test func overlapCountsTwiceOrNotAtAll() throws {
        let reference = [turn(0, 4, "A"), turn(3, 6, "B")]
        let hypothesis = [turn(0, 4, "x"), turn(4, 6, "y")]
        let score = try DiarizationScorer().score(reference: reference, hypothesis: hypothesis)
        #expect(near(score.errors.totalSeconds, 7))
        #expect(near(score.errors.missSeconds, 1))
        let without = try DiarizationScorer(skipsOverlap: true).score(reference: reference, hypothesis: hypothesis)
        #expect(near(without.errors.totalSeconds, 5))
        #expect(near(without.errors.rate, 0))
    }

    @Test func regionsLimitWhatIsScored() throws {
        let reference = [turn(0, 10, "A")]
        let regions = [TimeSpan(startSeconds: 2, endSeconds: 4), TimeSpan(startSeconds: 3, endSeconds: 5)]
        let score = try DiarizationScorer().score(
            reference: reference, hypothesis: [turn(4, 9, "x")], regions: regions)
        #expect(near(score.scoredSeconds, 3))
        #expect(near(score.errors.rate, 2.0 / 3))
    }

    @Test func nothingOnEitherSide() throws {
        let scorer = DiarizationScorer()
        let silence = try scorer.score(reference: [], hypothesis: [])
        #expect(silence.errors.rate == 0)
        let invented = try scorer.score(reference: [], hypothesis: [turn(0, 1, "x")])
        #expect(invented.errors.rate == 1)
        #expect(invented.speakers.map(\.hypothesis) == ["x"])
        let missed = try scorer.score(reference: [turn(0, 1, "A"), turn(1, 1, "B")], hypothesis: [])
        #expect(missed.errors.rate == 1)
        #expect([missed].jaccardErrorRate == 1)
        #expect(missed.speakers.map(\.reference) == ["A"])
    }

    /// 0.3 and 0.1 + 0.2 are not the same number; the difference between them is nobody's turn.
    @Test func boundariesThatDifferByRounding() throws {
        let reference = [turn(0, 0.1 + 0.2, "A"), turn(0, 0.3, "C"), turn(0.5, 1, "B")]
        let score = try DiarizationScorer(skipsOverlap: true).score(reference: reference, hypothesis: [])
        #expect(score.speakers.map(\.reference) == ["B"])
    }

    @Test func recordingsAreSummedNotAveraged() throws {
        let scorer = DiarizationScorer()
        let good = try scorer.score(reference: [turn(0, 9, "A")], hypothesis: [turn(0, 9, "x")])
        let bad = try scorer.score(reference: [turn(0, 1, "A")], hypothesis: [])
        #expect(near([good, bad].summedErrors.rate, 0.1))
        #expect(near([good, bad].jaccardErrorRate, 0.5))
    }

    @Test func tooManySpeakersAreRefused() {
        let crowd = (0...1_000).map { turn(Double($0), Double($0) + 1, "s\($0)") }
        #expect(throws: ScoringError.self) { _ = try DiarizationScorer().score(reference: crowd, hypothesis: []) }
    }
}
