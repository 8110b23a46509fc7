import ParleyCore
import Testing

@testable import ParleySpeech

@Suite struct AverageLinkageClusteringTests {
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

    private func people(_ voices: [LocalSpeaker], _ count: SpeakerCount) throws -> [[Float]] {
        try AverageLinkageClustering(threshold: 0.5)
            .people(among: voices, count: count, cancellation: CancellationFlag())
    }

    @Test(arguments: [[20], [20, 10], [15, 15, 15], [9, 9, 9, 9, 9]]) func findsHowManyThereAre(_ sizes: [Int]) throws {
        #expect(try people(voices(sizes), .automatic()).count == sizes.count)
    }

    @Test func isDeterministic() throws {
        let one = try people(voices([12, 8, 5]), .automatic())
        #expect(try one == people(voices([12, 8, 5]), .automatic()))
    }

    @Test(arguments: 1...6) func givesTheNumberAskedFor(_ number: Int) throws {
        #expect(try people(voices([10, 10, 10]), .exactly(number)).count == number)
    }

    @Test func keepsToTheBounds() throws {
        let three = voices([10, 10, 10])
        #expect(try people(three, .automatic(minimum: 4)).count == 4)
        #expect(try people(three, .automatic(maximum: 2)).count == 2)
        #expect(try people(three, .automatic(minimum: 2, maximum: 5)).count == 3)
    }

    @Test func aFewStrayVoicesAreNotAPerson() throws {
        var all = voices([60, 60])
        all.append(LocalSpeaker(window: 999, index: 0, speechSeconds: 1.1, embedding: unit(31)))
        #expect(try people(all, .automatic()).count == 2)
    }

    @Test func nobodySpoke() throws {
        #expect(try people([], .automatic()).isEmpty)
        #expect(try people([], .exactly(3)).isEmpty)
    }

    @Test func oneShortVoiceIsSomebody() throws {
        #expect(try people(voices([1], seconds: 0.4), .automatic()).count == 1)
    }

    @Test func voicesOfOneWindowAreDifferentPeople() throws {
        // The same voice twice at the same time: an echo, but the network says two.
        let pairs = (0..<10).flatMap { window in
            (0..<2).map { LocalSpeaker(window: window, index: $0, speechSeconds: 2, embedding: unit($0 == 0 ? 0 : 0)) }
        }
        #expect(try people(pairs, .exactly(2)).count == 2)
        let two = [unit(0), Vector.normalized(Vector.sum(unit(0), unit(1), weight: 0.1))]
        #expect(Set(WindowAssignment.people(of: Array(pairs[0..<2]), among: two)).count == 2)
    }

    @Test func moreVoicesThanPeopleShareThem() {
        let assigned = WindowAssignment.people(of: voices([1, 1, 1]), among: [unit(0), unit(1)])
        #expect(assigned[0] == 0)
        #expect(assigned[1] == 1)
        #expect((0...1).contains(assigned[2]))
    }

    @Test func longRecordingsAreCondensedFirst() throws {
        let many = voices([2_100, 1_950], noise: 0.05)
        #expect(try people(many, .automatic()).count == 2)
    }

    private func unit(_ index: Int) -> [Float] {
        var vector = [Float](repeating: 0, count: 32)
        vector[index] = 1
        return vector
    }
}
