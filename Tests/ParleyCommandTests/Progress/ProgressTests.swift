import ParleyCore
import Testing

@testable import parley

@Suite struct ProgressTests {
    private func state(
        _ stage: TranscriptionStage? = .transcribing, done: Double = 750, of total: Double? = 2_700,
        after elapsed: Duration = .seconds(220), name: String = "meeting.wav", index: Int = 1, count: Int = 1
    ) -> ProgressState {
        ProgressState(
            name: name, index: index, count: count,
            progress: stage.map { TranscriptionProgress(stage: $0, processedSeconds: done, totalSeconds: total) },
            elapsed: elapsed)
    }

    @Test(arguments: [
        (
            120,
            "meeting.wav  transcribing  [########----------------------]  12:30 / 45:00  27%  3.4x  9:32 left"
        ),
        (80, "meeting.wav  transcribing  [###----------]  12:30 / 45:00  27%  3.4x  9:32 left"),
        (64, "meeting.wav  transcribing  12:30 / 45:00  27%  3.4x  9:32 left"),
        (50, "meeting.wav  transcribing  12:30 / 45:00  27%"),
        (40, "meeting.wav  transcribing  [##--------]"),
        (36, "meeting.wav  transcribing"),
        (20, "transcribing"),
        (5, "tran"),
        (0, ""),
    ])
    func liveLineFitsItsWidth(_ width: Int, _ line: String) {
        #expect(ProgressLine.live(state(), width: width) == line)
    }

    @Test func liveLineNeverWraps() {
        for width in 0...200 {
            for total in [nil, 1, 2_700, 360_000.0] {
                let line = ProgressLine.live(state(of: total, name: String(repeating: "n", count: 90)), width: width)
                #expect(line.count <= max(0, width - 1))
            }
        }
    }

    @Test func liveLineWithoutALength() {
        #expect(ProgressLine.live(state(of: nil), width: 100) == "meeting.wav  transcribing  12:30  3.4x")
    }

    @Test func stagesBeforeAndAfter() {
        #expect(ProgressLine.live(state(nil, after: .zero), width: 80) == "meeting.wav  opening")
        #expect(ProgressLine.live(state(.queued, done: 0, after: .zero), width: 30) == "meeting.wav  waiting")
        #expect(
            ProgressLine.plain(state(.clustering, done: 2_700))
                == "meeting.wav: telling speakers apart, 45:00 / 45:00, 100%, 12x")
    }

    @Test func plainLineNamesItsPlaceAmongMany() {
        #expect(
            ProgressLine.plain(state(index: 2, count: 5))
                == "[2/5] meeting.wav: transcribing, 12:30 / 45:00, 27%, 3.4x, 9:32 left")
    }

    @Test func liveLinesComeAtMostTenTimesASecond() {
        var pacing = ProgressPacing(style: .live(width: 80))
        let shown = (0..<1_000).filter { pacing.shows(state(after: .milliseconds($0))) }
        #expect(shown == Array(stride(from: 0, to: 1_000, by: 100)))
    }

    @Test func plainLinesComeAtMostEveryTenSeconds() {
        var pacing = ProgressPacing(style: .plain)
        // One percent each second: ten percent every ten seconds.
        let shown = (0...100).filter { pacing.shows(state(done: Double($0), of: 100, after: .seconds($0))) }
        #expect(shown == Array(stride(from: 10, through: 100, by: 10)))
    }

    @Test func plainLinesOfSlowWorkComeEveryMinute() {
        var pacing = ProgressPacing(style: .plain)
        let shown = (0...200).filter { pacing.shows(state(done: Double($0), of: 100_000, after: .seconds($0))) }
        #expect(shown == [60, 120, 180])
    }

    @Test func quietShowsNothing() {
        var pacing = ProgressPacing(style: .none)
        let isShown = pacing.shows(state(after: .seconds(3_600)))
        #expect(!isShown)
    }

    @Test func drawnLineIsClearedBeforeAnythingElse() {
        let errors = MemorySink(terminalWidth: 80)
        let console = Console(output: MemorySink(), errors: errors)
        console.draw("working")
        console.note("a note")
        console.clearLine()
        #expect(errors.text == "\rworking\u{1B}[K\r\u{1B}[Ka note\n")
    }

    @Test(arguments: [
        (0.0, "0:00"), (59.6, "1:00"), (3_599, "59:59"), (3_600, "1:00:00"), (-1, "0:00"), (.nan, "0:00"),
    ])
    func shortClock(_ seconds: Double, _ text: String) {
        #expect(ClockText.short(seconds) == text)
    }

    @Test(arguments: [
        (12.34, false, "00:12.3"), (59.96, false, "01:00.0"), (3_725.5, true, "1:02:05.5"), (5, true, "0:00:05.0"),
    ])
    func preciseClock(_ seconds: Double, _ withHours: Bool, _ text: String) {
        #expect(ClockText.precise(seconds, withHours: withHours) == text)
    }
}
