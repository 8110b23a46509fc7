import ParleyCore
import Testing

@Suite struct TimeSpanTests {
    @Test func neverEndsBeforeItsStart() {
        #expect(TimeSpan(startSeconds: 2, endSeconds: 1).durationSeconds == 0)
    }

    @Test(arguments: [
        (0.0, 1.0, 0.5, 2.0, 0.5), (0.0, 1.0, 1.0, 2.0, 0.0), (0.0, 5.0, 1.0, 2.0, 1.0), (3.0, 4.0, 0.0, 1.0, 0.0),
    ])
    func sharesSeconds(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ shared: Double) {
        let one = TimeSpan(startSeconds: a, endSeconds: b)
        let other = TimeSpan(startSeconds: c, endSeconds: d)
        #expect(one.overlapSeconds(with: other) == shared)
        #expect(other.overlapSeconds(with: one) == shared)
    }

    @Test func comesFromSamples() {
        let span = TimeSpan(startSample: 8_000, endSample: 24_000)
        #expect(span.startSeconds == 0.5)
        #expect(span.durationSeconds == 1)
    }
}
