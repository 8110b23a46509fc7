import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct SpeakerClusteringTests {
    /// Noisy copies of a person's direction: `people[i]` is how often person i speaks, in turn.
    private func voices(_ people: [Int], noise: Float = 0.15, seed: UInt64 = 1, seconds: Float = 2) -> [LocalSpeaker] {
        var random = SplitMix64(state: seed)
        var result: [LocalSpeaker] = []
        for (person, count) in people.enumerated() {
            for _ in 0..<count {
                var vector = (0..<32).map { _ in Float.random(in: -noise...noise, using: &random) }
                vector[person] += 1
                result.append(
                    LocalSpeaker(
                        window: result.count, index: 0, speechSeconds: seconds, embedding: Vector.normalized(vector)))
            }
        }
        return result
    }

    private let clustering = SpeakerClustering(threshold: 0.5)

    @Test(arguments: [[20], [20, 10], [15, 15, 15], [9, 9, 9, 9, 9]]) func findsHowManyThereAre(_ people: [Int]) {
        #expect(clustering.people(among: voices(people), count: .automatic()).count == people.count)
    }

    @Test func isDeterministic() {
        let one = clustering.people(among: voices([12, 8, 5]), count: .automatic())
        #expect(one == clustering.people(among: voices([12, 8, 5]), count: .automatic()))
    }

    @Test(arguments: 1...6) func givesTheNumberAskedFor(_ number: Int) {
        #expect(clustering.people(among: voices([10, 10, 10]), count: .exactly(number)).count == number)
    }

    @Test func keepsToTheBounds() {
        let three = voices([10, 10, 10])
        #expect(clustering.people(among: three, count: .automatic(minimum: 4)).count == 4)
        #expect(clustering.people(among: three, count: .automatic(maximum: 2)).count == 2)
        #expect(clustering.people(among: three, count: .automatic(minimum: 2, maximum: 5)).count == 3)
    }

    @Test func aFewStrayVoicesAreNotAPerson() {
        var all = voices([60, 60])
        all.append(LocalSpeaker(window: 999, index: 0, speechSeconds: 1.1, embedding: unit(31)))
        #expect(clustering.people(among: all, count: .automatic()).count == 2)
    }

    @Test func nobodySpoke() {
        #expect(clustering.people(among: [], count: .automatic()).isEmpty)
        #expect(clustering.people(among: [], count: .exactly(3)).isEmpty)
    }

    @Test func oneShortVoiceIsSomebody() {
        #expect(clustering.people(among: voices([1], seconds: 0.4), count: .automatic()).count == 1)
    }

    @Test func voicesOfOneWindowAreDifferentPeople() {
        // The same voice twice at the same time: an echo, but the network says two.
        let pairs = (0..<10).flatMap { window in
            (0..<2).map { LocalSpeaker(window: window, index: $0, speechSeconds: 2, embedding: unit($0 == 0 ? 0 : 0)) }
        }
        #expect(clustering.people(among: pairs, count: .exactly(2)).count == 2)
        let people = [unit(0), Vector.normalized(Vector.sum(unit(0), unit(1), weight: 0.1))]
        #expect(Set(SpeakerClustering.assign(Array(pairs[0..<2]), to: people)).count == 2)
    }

    @Test func moreVoicesThanPeopleShareThem() {
        let assigned = SpeakerClustering.assign(voices([1, 1, 1]), to: [unit(0), unit(1)])
        #expect(assigned[0] == 0)
        #expect(assigned[1] == 1)
        #expect((0...1).contains(assigned[2]))
    }

    @Test func longRecordingsAreCondensedFirst() {
        let many = voices([2_100, 1_950], noise: 0.05)
        #expect(clustering.people(among: many, count: .automatic()).count == 2)
    }

    private func unit(_ index: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: 32)
        vector[index] = 1
        return vector
    }
}
