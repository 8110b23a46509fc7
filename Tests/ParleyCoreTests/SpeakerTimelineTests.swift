import ParleyCore
import Testing

@Suite struct SpeakerTimelineTests {
    private func turn(_ speaker: Int, _ start: Double, _ end: Double) -> SpeakerEvent {
        .turn(
            StreamTurn(
                speaker: speaker, span: TimeSpan(startSeconds: start, endSeconds: end), confidence: 0.8))
    }

    private func revision(_ speaker: Int, _ span: (Double, Double)?, _ replacement: Int) -> SpeakerRevision {
        SpeakerRevision(
            speaker: speaker, span: span.map { TimeSpan(startSeconds: $0.0, endSeconds: $0.1) },
            replacement: replacement)
    }

    private func timeline(_ events: [SpeakerEvent]) -> [String] {
        var timeline = SpeakerTimeline()
        for event in events { timeline.apply(event) }
        return timeline.turns.map { "\($0.speaker) \($0.span.startSeconds) \($0.span.endSeconds)" }
    }

    @Test func turnsAreInOrderAndJoinedWhereTheyTouch() {
        let joined = timeline([turn(1, 5, 6), turn(0, 0, 2), turn(0, 2, 3), turn(1, 4, 5.5)])
        #expect(joined == ["0 0.0 3.0", "1 4.0 6.0"])
    }

    @Test func aPartBecomesSomebodyElses() {
        let parts = timeline([turn(0, 0, 10), .revised([revision(0, (3, 5), 1)])])
        #expect(parts == ["0 0.0 3.0", "1 3.0 5.0", "0 5.0 10.0"])
        #expect(timeline([turn(0, 0, 10), .revised([revision(0, (12, 15), 1)])]) == ["0 0.0 10.0"])
        #expect(timeline([turn(0, 0, 10), .revised([revision(2, (0, 10), 1)])]) == ["0 0.0 10.0"])
    }

    @Test func correctionsOfAnEventAreMadeAtOnce() {
        let swapped = timeline([
            turn(0, 0, 4), turn(1, 4, 8), .revised([revision(0, (0, 4), 1), revision(1, (4, 8), 0)]),
        ])
        #expect(swapped == ["1 0.0 4.0", "0 4.0 8.0"])
    }

    @Test func twoIdsBecomeOneAndPartsGoElsewhere() {
        let events: [SpeakerEvent] = [
            .speaker(StreamSpeaker(id: 0)), .speaker(StreamSpeaker(id: 1)), .speaker(StreamSpeaker(id: 2)),
            turn(0, 0, 4), turn(2, 4, 8), turn(2, 20, 30),
            .revised([revision(2, nil, 0), revision(2, (22, 24), 1)]), .ended(40),
        ]
        #expect(timeline(events) == ["0 0.0 8.0", "0 20.0 22.0", "1 22.0 24.0", "0 24.0 30.0"])
        var timeline = SpeakerTimeline()
        for event in events { timeline.apply(event) }
        #expect(timeline.speakers.keys.sorted() == [0, 1])
        #expect(timeline.endSeconds == 40)
    }

    @Test func namesAreKept() {
        var timeline = SpeakerTimeline()
        timeline.apply(.speaker(StreamSpeaker(id: 0)))
        timeline.apply(.speaker(StreamSpeaker(id: 0, name: "Ada")))
        #expect(timeline.speakers[0]?.name == "Ada")
    }
}
