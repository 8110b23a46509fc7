import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct SpeakerBookTests {
    private let gates = TrackerGates(
        SpeakerEncoderTraits(id: "test", dimension: 8, linkageThreshold: 0.3, acceptance: 0.8))

    private func voice(_ axis: Int, _ seconds: Float = 3, tilt: Float = 0, window: Int = 0) -> LocalSpeaker {
        var vector = [Float](repeating: 0, count: 8)
        vector[axis] = 1
        vector[(axis + 1) % 8] += tilt
        return LocalSpeaker(window: window, index: 0, speechSeconds: seconds, embedding: vector)
    }

    private func book(maximum: Int = 64, known: [KnownVoice] = []) -> SpeakerBook {
        SpeakerBook(gates: gates, maximum: maximum, known: known, acceptance: 0.8)
    }

    private func identify(_ book: inout SpeakerBook, _ voices: [LocalSpeaker]) -> [Int] {
        book.identify(voices, continuity: voices.map { _ in [:] })
    }

    @Test func farVoicesAreNewSpeakersAndNearOnesAreNot() {
        var book = book()
        #expect(identify(&book, [voice(0)]) == [0])
        #expect(identify(&book, [voice(2)]) == [1])
        #expect(identify(&book, [voice(0, tilt: 0.3)]) == [0])
        #expect(identify(&book, [voice(2, tilt: -0.3), voice(0)]) == [1, 0])
        #expect(book.entries.count == 2)
    }

    @Test func voicesOfAWindowAreDifferentSpeakers() {
        var book = book()
        _ = identify(&book, [voice(0)])
        let ids = identify(&book, [voice(0), voice(0, tilt: 0.1)])
        #expect(Set(ids).count == 2)
    }

    @Test func shortVoicesAreNobodyNew() {
        var book = book()
        _ = identify(&book, [voice(0), voice(2)])
        let ids = identify(&book, [voice(5, 0.4)])
        #expect(book.entries.count == 2 && ids.allSatisfy { $0 < 2 })
        #expect(identify(&book, [voice(5, 4)]) == [2])
    }

    @Test func theMaximumIsKept() {
        var book = book(maximum: 2)
        for axis in 0..<6 { _ = identify(&book, [voice(axis)]) }
        #expect(book.entries.count == 2)
        #expect(identify(&book, [voice(0), voice(3), voice(6)]).allSatisfy { $0 < 2 })
    }

    @Test func whatWasHeardBeforeDecidesBetweenAlikeVoices() {
        var book = book()
        _ = identify(&book, [voice(0), voice(1)])
        let between = voice(0, 3, tilt: 1)
        for id in 0...1 {
            var copy = book
            #expect(copy.identify([between], continuity: [[id: 1]]) == [id])
        }
    }

    @Test func aCentroidMovesWithLongNearVoicesOnly() {
        var book = book()
        _ = identify(&book, [voice(0)])
        _ = identify(&book, [voice(0, 0.5, tilt: 0.4)])
        #expect(book.entries[0]?.direction == voice(0).direction)
        _ = identify(&book, [voice(0, 3, tilt: 0.4)])
        #expect((book.entries[0]?.direction[1] ?? 0) > 0.1)
    }

    @Test func knownVoicesGetTheirNamesOnce() {
        let known = [
            KnownVoice(name: "Ada", print: VoicePrint(encoder: "test", values: voice(0).direction, speechSeconds: 5)),
            KnownVoice(name: "Bob", print: VoicePrint(encoder: "test", values: voice(6).direction, speechSeconds: 5)),
        ]
        var book = book(known: known)
        _ = identify(&book, [voice(0, tilt: 0.1), voice(3)])
        #expect(book.name() == [StreamSpeaker(id: 0, name: "Ada")])
        #expect(book.name().isEmpty)
        // A voice that fits better takes the name over.
        _ = identify(&book, [voice(0, tilt: 0.5), voice(0)])
        _ = book.replace(with: [
            (id: 0, direction: voice(0, tilt: 0.6).direction, seconds: 5), (id: 1, direction: voice(3).direction, 5),
            (id: nil, direction: voice(0).direction, seconds: 5),
        ])
        let changed = book.name()
        #expect(Set(changed.map(\.name)) == [nil, "Ada"])
        #expect(changed.first { $0.name == "Ada" }?.id ?? 0 > 1)
    }
}
