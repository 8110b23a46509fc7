import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct ReclusteringTests {
    private let traits = SpeakerEncoderTraits(id: "test", dimension: 16, linkageThreshold: 0.3, acceptance: 0.8)

    private func voices(_ people: [(axis: Int, id: Int)], seconds: Float = 2) -> [(voice: LocalSpeaker, id: Int)] {
        var random = SplitMix64(seed: 1)
        return people.enumerated().map { number, person in
            var vector = (0..<16).map { _ in Float.random(in: -0.1...0.1, using: &random) }
            vector[person.axis] += 1
            return (
                LocalSpeaker(window: number, index: 0, speechSeconds: seconds, embedding: vector), person.id
            )
        }
    }

    private func decide(
        _ voices: [(voice: LocalSpeaker, id: Int)], maximum: Int = 64
    ) throws -> Reclustering.Outcome? {
        try Reclustering(
            clustering: SpeakerClusterings.make(.linkage, traits: traits, plda: nil), gates: TrackerGates(traits),
            maximum: maximum
        ).decide(voices, cancellation: CancellationFlag())
    }

    @Test func twoIdsOfOnePersonBecomeOne() throws {
        let outcome = try #require(
            try decide(voices([(0, 0), (0, 0), (1, 1), (0, 2), (1, 1), (0, 2), (0, 0), (1, 1)])))
        #expect(outcome.people.compactMap(\.id).sorted() == [0, 1])
        #expect(outcome.merged.keys.sorted() == [2])
        #expect(outcome.merged[2].map { outcome.people[$0].id } == 0)
    }

    @Test func oneIdOfTwoPeopleBecomesTwo() throws {
        let outcome = try #require(try decide(voices([(0, 7), (1, 7), (0, 7), (1, 7), (0, 7), (1, 7), (0, 7)])))
        #expect(outcome.people.count == 2)
        #expect(outcome.people.map(\.id).contains(7) && outcome.people.contains { $0.id == nil })
        // The one with more speech keeps the id.
        #expect(outcome.people[outcome.assignment[0]].id == 7)
        #expect(outcome.merged.isEmpty)
    }

    @Test func somebodyWhoHasJustComeStays() throws {
        let long = [(axis: Int, id: Int)](repeating: (0, 0), count: 120)
        let outcome = try #require(try decide(voices(long + [(5, 1), (5, 1), (5, 1)])))
        #expect(Set(outcome.people.compactMap(\.id)) == [0, 1])
        #expect(try decide(voices(long + [(5, 1), (5, 1), (5, 1)]), maximum: 1)?.people.count == 1)
    }

    @Test func nobodyIsNobody() throws { #expect(try decide([]) == nil) }
}

@Suite struct VoiceHistoryTests {
    private func voice(_ window: Int, axis: Int = 0) -> LocalSpeaker {
        var vector = [Float](repeating: 0.01 * Float(window % 7), count: 16)
        vector[axis] += 1
        return LocalSpeaker(window: window, index: 0, speechSeconds: 2, embedding: vector)
    }

    private func history(_ count: Int, id: (Int) -> Int) -> VoiceHistory {
        var history = VoiceHistory()
        for number in 0..<count {
            let id = id(number)
            history.add(VoiceHistory.Window(number: number, voices: [voice(number, axis: id % 16)], ids: [id]))
            history.add(
                VoiceHistory.Region(
                    frames: (number * 10)..<(number * 10 + 10),
                    claims: [VoiceHistory.Claim(window: number, voice: 0, mass: 5, told: id)]))
        }
        return history
    }

    @Test func correctionsAreJoinedAndTheirEndsAreRight() {
        var history = history(10) { $0 < 5 ? 0 : 1 }
        let corrections = history.relabel([0, 0, 2, 2, 2, 1, 1, 0, 1, 1])
        #expect(corrections.map(\.frames) == [20..<50, 70..<80])
        #expect(corrections.map(\.from) == [0, 1])
        #expect(corrections.map(\.to) == [2, 0])
        // What has been told is known.
        #expect(history.relabel([0, 0, 2, 2, 2, 1, 1, 0, 1, 1]).isEmpty)
        #expect(history.relabel([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]).map(\.frames) == [20..<50, 70..<80])
    }

    @Test func theVoiceWithMostOfARegionDecides() {
        var history = VoiceHistory()
        history.add(VoiceHistory.Window(number: 0, voices: [voice(0)], ids: [0]))
        history.add(VoiceHistory.Window(number: 1, voices: [voice(1)], ids: [0]))
        history.add(
            VoiceHistory.Region(
                frames: 0..<10,
                claims: [
                    VoiceHistory.Claim(window: 0, voice: 0, mass: 5, told: 0),
                    VoiceHistory.Claim(window: 1, voice: 0, mass: 2, told: 0),
                ]))
        #expect(history.relabel([0, 4]).isEmpty)
        #expect(history.relabel([4, 0]).map(\.to) == [4])
    }

    /// Seven hours of windows at a step of 1.25 s.
    @Test func memoryHasABound() {
        let history = history(20_000) { $0 / 16 % 64 }
        #expect(history.windows.count == VoiceHistory.windowCount)
        #expect(history.regions.count <= VoiceHistory.windowCount)
        #expect(history.representatives.count <= VoiceHistory.windowCount + 64 * VoiceHistory.prototypeCount)
        let seconds = history.representatives.reduce(0) { $0 + $1.voice.speechSeconds }
        #expect(abs(seconds - 40_000) < 400)
    }
}
