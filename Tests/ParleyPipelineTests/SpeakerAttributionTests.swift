import ParleyCore
import Testing

@testable import ParleyPipeline

@Suite struct SpeakerAttributionTests {
    /// Two people, frames of 0.1 s: A for 2 s, then B for 2 s.
    private func activity(start: Double = 0) -> SpeakerActivity {
        let a = [Float](repeating: 0.9, count: 20) + [Float](repeating: 0.1, count: 20)
        return SpeakerActivity(
            speakers: ["A", "B"],
            turns: [
                SpeakerTurn(span: TimeSpan(startSeconds: start, endSeconds: start + 2), speaker: "A"),
                SpeakerTurn(span: TimeSpan(startSeconds: start + 2, endSeconds: start + 4), speaker: "B"),
            ],
            startSeconds: start, frameSeconds: 0.1, activity: [a, a.map { 1 - $0 }])
    }

    private func word(_ start: Double, _ end: Double) -> Word {
        Word(text: "w", span: TimeSpan(startSeconds: start, endSeconds: end), probability: 1)
    }

    private func speakers(_ words: [Word], _ activity: SpeakerActivity) -> [String?] {
        SpeakerAttribution(activity).attribute(words).map(\.speaker)
    }

    @Test func followsThePosterior() {
        #expect(speakers([word(0.2, 0.5), word(1.7, 1.95), word(2.2, 2.5)], activity()) == ["A", "A", "B"])
    }

    @Test func knowsWhereItsFramesBegin() {
        #expect(speakers([word(100.2, 100.5), word(102.2, 102.5)], activity(start: 100)) == ["A", "B"])
    }

    @Test func aWordOutsideGoesToTheNearestTurn() {
        var quiet = activity()
        quiet.activity = quiet.activity.map { $0.map { _ in 0 } }
        #expect(speakers([word(9, 9.4)], quiet) == ["B"])
    }

    @Test func aLoneUncertainWordFollowsItsNeighbours() {
        var doubtful = activity()
        doubtful.activity[0] = [Float](repeating: 0.6, count: 40)
        doubtful.activity[1] = [Float](repeating: 0.4, count: 40)
        for frame in 10..<13 {
            doubtful.activity[0][frame] = 0.45
            doubtful.activity[1][frame] = 0.55
        }
        #expect(speakers([word(0.6, 1), word(1, 1.3), word(1.3, 1.7)], doubtful) == ["A", "A", "A"])
    }

    @Test func nobodyIsInvented() {
        #expect(speakers([word(0, 1)], .none) == [nil])
    }
}
