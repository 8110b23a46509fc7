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

    @Test func aSureWordKeepsItsSpeaker() {
        var sure = activity()
        for frame in 10..<13 {
            sure.activity[0][frame] = 0.05
            sure.activity[1][frame] = 0.95
        }
        #expect(speakers([word(0.6, 1), word(1, 1.3), word(1.3, 1.7)], sure) == ["A", "B", "A"])
    }

    @Test func aShortRunOfDoubtFollowsTheSentence() {
        var doubtful = activity()
        for frame in 8..<12 {
            doubtful.activity[0][frame] = 0.45
            doubtful.activity[1][frame] = 0.6
        }
        let words = [word(0.2, 0.5), word(0.5, 0.8), word(0.8, 1), word(1, 1.2), word(1.2, 1.6)]
        #expect(speakers(words, doubtful) == ["A", "A", "A", "A", "A"])
    }

    @Test func aChangeFallsOnTheEndOfTheSentence() {
        // The posterior changes in the middle of "well", which begins the second sentence.
        func spoken(_ text: String, _ start: Double, _ end: Double) -> Word {
            Word(text: text, span: TimeSpan(startSeconds: start, endSeconds: end), probability: 1)
        }
        let words = [
            spoken("Is", 1.2, 1.4), spoken("it?", 1.4, 1.7), spoken("Well", 1.7, 2.25), spoken("no", 2.25, 2.5),
            spoken("sir", 2.5, 2.8),
        ]
        #expect(speakers(words, activity()) == ["A", "A", "B", "B", "B"])
    }

    @Test func anOverlapGoesToWhoeverIsHeardBest() {
        var both = activity()
        both.activity = [[Float](repeating: 0.80, count: 40), [Float](repeating: 0.82, count: 40)]
        both.exclusiveTurns = [SpeakerTurn(span: TimeSpan(startSeconds: 0, endSeconds: 4), speaker: "A")]
        #expect(speakers([word(0.2, 0.5)], both) == ["A"])
    }

    @Test func theWordBeforeAWindowCounts() {
        var doubtful = activity()
        doubtful.activity = [[Float](repeating: 0.5, count: 40), [Float](repeating: 0.6, count: 40)]
        var previous = word(0, 0.2)
        previous.speaker = "A"
        let words = SpeakerAttribution(doubtful).attribute([word(0.2, 0.5)], after: previous)
        #expect(words.map(\.speaker) == ["A"])
        #expect(speakers([word(0.2, 0.5)], doubtful) == ["B"])
    }

    /// A day of frames: sums of so many floats would have lost the words at its end.
    @Test func theEndOfADayIsAsExactAsItsBeginning() {
        let frameSeconds = 270.0 / 16_000
        let frameCount = Int(86_400 / frameSeconds)
        // A has 0.51 and B 0.49 for a day; in the last ten seconds it is the other way round.
        let lastFrames = Int(10 / frameSeconds)
        let a = [Float](repeating: 0.51, count: frameCount - lastFrames) + [Float](repeating: 0.49, count: lastFrames)
        let day = SpeakerActivity(
            speakers: ["A", "B"], turns: [], frameSeconds: frameSeconds, activity: [a, a.map { 1 - $0 }])
        #expect(speakers([word(86_380, 86_380.4)], day) == ["A"])
        #expect(speakers([word(86_395, 86_395.4)], day) == ["B"])
    }

    @Test func nobodyIsInvented() {
        #expect(speakers([word(0, 1)], .none) == [nil])
    }
}
