import ParleyCore
import Testing

@testable import ParleyPipeline

@Suite struct TurnSnappingTests {

    private func turn(_ start: Double, _ end: Double, _ speaker: String) -> SpeakerTurn {
        SpeakerTurn(span: TimeSpan(startSeconds: start, endSeconds: end), speaker: speaker, confidence: 0.9)
    }

    private let words: [Word]
    private let snapping: TurnSnapping

    init() {
        words = [
            Word(text: "a", span: TimeSpan(startSeconds: 0, endSeconds: 1), probability: 1, speaker: "A"),
            Word(text: "b", span: TimeSpan(startSeconds: 1.2, endSeconds: 2), probability: 1, speaker: "A"),
            Word(text: "c", span: TimeSpan(startSeconds: 2.4, endSeconds: 3), probability: 1, speaker: "B"),
        ]
        snapping = TurnSnapping(words)
    }

    @Test func aWordBelongsToItsSpeakersTurnAsAWhole() {
        let exclusive = snapping.exclusiveTurns([turn(0.1, 1.7, "A"), turn(1.7, 3, "B")])
        #expect(exclusive == [turn(0, 2, "A"), turn(2, 3, "B")])
        let early = snapping.exclusiveTurns([turn(0.1, 2.6, "A"), turn(2.6, 3.1, "B")])
        #expect(early == [turn(0, 2.4, "A"), turn(2.4, 3.1, "B")])
    }

    @Test func endsBetweenWordsStay() {
        let turns = [turn(0, 2.2, "A"), turn(2.2, 3.5, "B")]
        #expect(snapping.turns(turns) == turns)
        #expect(snapping.exclusiveTurns(turns) == turns)
    }

    @Test func overlapsRemainOverlaps() {
        // B begins in the later half of A's word, so B begins after it; A ends within B's word, in its first half.
        #expect(snapping.turns([turn(0, 2.5, "A"), turn(1.7, 3, "B")]) == [turn(0, 2.4, "A"), turn(2, 3, "B")])
        #expect(snapping.turns([turn(0, 2.9, "A"), turn(1.3, 3, "B")]) == [turn(0, 3, "A"), turn(1.2, 3, "B")])
    }

    @Test func aTurnWithinSomebodyElsesWordIsNotShownAlone() {
        #expect(
            snapping.exclusiveTurns([turn(0, 1.4, "A"), turn(1.4, 1.6, "B"), turn(1.6, 2, "A")]) == [turn(0, 2, "A")])
    }

    @Test func withoutWordsNothingMoves() {
        let turns = [turn(0, 1.4, "A"), turn(1.4, 2, "B")]
        #expect(TurnSnapping([]).turns(turns) == turns)
    }
}
