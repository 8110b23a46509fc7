/// Who spoke when in a stream, as far as its events tell, with all corrections.
///
/// Grows with the number of turns.
public struct SpeakerTimeline: Sendable {
    /// The speakers that have been announced, by id, without those that turned out to be somebody else.
    public private(set) var speakers: [Int: StreamSpeaker] = [:]
    /// The turns in order of their starts; those of one speaker do not overlap.
    public private(set) var turns: [StreamTurn] = []
    /// Length of the stream, once it has ended.
    public private(set) var endSeconds: Double?

    /// Turns of one speaker this close together are one: corrections cut turns at places that nobody could hear.
    private static let longestSeamSeconds = 0.05

    /// An empty timeline.
    public init() {}

    /// Takes an event of the stream.
    public mutating func apply(_ event: SpeakerEvent) {
        switch event {
        case .speaker(let speaker): speakers[speaker.id] = speaker
        case .frames: break
        case .turn(let turn): insert(turn)
        case .revised(let revisions): revise(revisions)
        case .ended(let seconds): endSeconds = seconds
        }
    }

    private mutating func revise(_ revisions: [SpeakerRevision]) {
        let bySpeaker = Dictionary(grouping: revisions, by: \.speaker)
        for revision in revisions where revision.span == nil { speakers[revision.speaker] = nil }
        let concerned = turns.filter { bySpeaker[$0.speaker] != nil }
        turns.removeAll { bySpeaker[$0.speaker] != nil }
        // Pieces are put back when all have been made, so that corrections of one event do not see each other.
        for piece in concerned.flatMap({ Self.pieces(of: $0, revisions: bySpeaker[$0.speaker] ?? []) }) {
            insert(piece)
        }
    }

    /// A turn cut at the ends of corrections, each piece with the speaker that is right.
    private static func pieces(of turn: StreamTurn, revisions: [SpeakerRevision]) -> [StreamTurn] {
        let rest = revisions.first { $0.span == nil }?.replacement ?? turn.speaker
        var pieces: [StreamTurn] = []
        func add(_ start: Double, _ end: Double, _ speaker: Int) {
            guard end > start else { return }
            pieces.append(
                StreamTurn(
                    speaker: speaker, span: TimeSpan(startSeconds: start, endSeconds: end),
                    confidence: turn.confidence))
        }
        var reached = turn.span.startSeconds
        let spans = revisions.compactMap { revision in revision.span.map { (span: $0, to: revision.replacement) } }
        for (span, replacement) in spans.sorted(by: { $0.span.startSeconds < $1.span.startSeconds }) {
            let end = min(turn.span.endSeconds, span.endSeconds)
            guard end > reached, span.startSeconds < turn.span.endSeconds else { continue }
            let start = max(reached, span.startSeconds)
            add(reached, start, rest)
            add(start, end, replacement)
            reached = end
        }
        add(reached, turn.span.endSeconds, rest)
        return pieces
    }

    /// Puts a turn in its place, joined with those of the same speaker that it touches.
    private mutating func insert(_ turn: StreamTurn) {
        var turn = turn
        turns.removeAll { other in
            guard other.speaker == turn.speaker,
                other.span.startSeconds <= turn.span.endSeconds + Self.longestSeamSeconds,
                turn.span.startSeconds <= other.span.endSeconds + Self.longestSeamSeconds
            else { return false }
            turn = Self.union(turn, other)
            return true
        }
        let place = turns.lastIndex { $0.span.startSeconds <= turn.span.startSeconds }.map { $0 + 1 } ?? 0
        turns.insert(turn, at: place)
    }

    private static func union(_ one: StreamTurn, _ other: StreamTurn) -> StreamTurn {
        let (a, b) = (one.span.durationSeconds, other.span.durationSeconds)
        let confidence = a + b > 0 ? (one.confidence * a + other.confidence * b) / (a + b) : one.confidence
        return StreamTurn(
            speaker: one.speaker,
            span: TimeSpan(
                startSeconds: min(one.span.startSeconds, other.span.startSeconds),
                endSeconds: max(one.span.endSeconds, other.span.endSeconds)), confidence: confidence)
    }
}
