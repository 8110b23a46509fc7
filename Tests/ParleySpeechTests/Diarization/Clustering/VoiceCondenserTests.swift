import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct VoiceCondenserTests {
    private func voices(_ count: Int, people: Int) -> [LocalSpeaker] {
        var random = SplitMix64(seed: 3)
        return (0..<count).map { number in
            var vector = (0..<16).map { _ in Float.random(in: -0.2...0.2, using: &random) }
            vector[number % people] += 1
            return LocalSpeaker(window: number, index: 0, speechSeconds: 1, embedding: vector)
        }
    }

    private func condensed(_ voices: [LocalSpeaker], to count: Int) throws -> VoicePoints {
        try VoiceCondenser(threshold: 0.5).condense(
            voices, dimension: 16, to: count, cancellation: CancellationFlag())
    }

    @Test func fewVoicesStayAsTheyAre() throws {
        let points = try condensed(voices(50, people: 3), to: 50)
        #expect(points.count == 50)
        #expect(points.windows == (0..<50).map { $0 })
    }

    @Test(arguments: [(60, 50), (1_100, 120), (2_300, 60)]) func nothingIsLostAndNobodyMixed(
        _ voiceCount: Int, _ largest: Int
    ) throws {
        let points = try condensed(voices(voiceCount, people: 3), to: largest)
        #expect(points.count <= largest)
        #expect(points.weights.reduce(0, +) == Float(voiceCount))
        #expect(points.seconds.reduce(0, +) == Float(voiceCount))
        for point in 0..<points.count { #expect((points.direction(point).max() ?? 0) > 0.75) }
    }

    @Test func oddVoicesGoToTheNearest() throws {
        // Ten people of one voice each, which are too far from each other to be joined, and one of many.
        let odd = (0..<10).map { number in
            LocalSpeaker(
                window: number, index: 0, speechSeconds: 1, embedding: (0..<16).map { $0 == number + 3 ? 1 : 0 })
        }
        let points = try condensed(odd + voices(30, people: 1), to: 4)
        #expect(points.count == 4)
        #expect(points.weights.reduce(0, +) == 40)
    }

    @Test func aLongRecordingHasItsPeople() throws {
        let clustering = TwoStageClustering(
            method: LinkageClustering(linkage: .average, threshold: 0.5, largestPointCount: 100),
            condenser: VoiceCondenser(threshold: 0.5))
        let people = try clustering.people(
            among: voices(1_100, people: 2), count: .automatic(), cancellation: CancellationFlag())
        #expect(people.count == 2)
    }
}
