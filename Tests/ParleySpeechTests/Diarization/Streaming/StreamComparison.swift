import ParleyCore
import Testing

/// Whether two streams said the same, but for rounding inside the networks.
struct StreamComparison {
    private let one: [SpeakerEvent]
    private let other: [SpeakerEvent]

    init(_ one: [SpeakerEvent], _ other: [SpeakerEvent]) {
        self.one = one
        self.other = other
    }

    /// Posteriors of windows are kept in 255ths, so a difference in rounding may be one of those.
    private static let tolerance: Float = 0.005

    func expectEqual(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(one.count == other.count, comment, sourceLocation: sourceLocation)
        let isEqual = zip(one, other).allSatisfy(Self.areEqual)
        #expect(isEqual, comment, sourceLocation: sourceLocation)
    }

    private static func areEqual(_ one: SpeakerEvent, _ other: SpeakerEvent) -> Bool {
        switch (one, other) {
        case (.frames(let a), .frames(let b)):
            a.startSeconds == b.startSeconds && a.frameCount == b.frameCount
                && Set(a.activity.keys) == Set(b.activity.keys)
                && a.activity.allSatisfy { id, posteriors in
                    zip(posteriors, b.activity[id] ?? []).allSatisfy { abs($0 - $1) <= tolerance }
                }
        case (.turn(let a), .turn(let b)):
            a.speaker == b.speaker && a.span == b.span && abs(a.confidence - b.confidence) <= Double(tolerance)
        default: one == other
        }
    }
}
