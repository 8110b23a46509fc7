import ParleyCore
import Testing

@testable import ParleySpeech

/// What all methods promise.
@Suite struct SpeakerClusteringContractTests {
    private static let traits = SpeakerEncoderTraits(id: "test", dimension: 32, linkageThreshold: 0.5, acceptance: 0.8)

    private func clustering(_ method: ClusteringMethod) throws -> any SpeakerClustering {
        let plda = try PLDA(
            transform: ClusteringReference.file("even_transform.npz"), plda: ClusteringReference.file("even_plda.npz"))
        return try SpeakerClusterings.make(method, traits: Self.traits, plda: method == .automatic ? nil : plda)
    }

    private func people(
        _ method: ClusteringMethod, _ voices: [LocalSpeaker], _ count: SpeakerCount = .automatic()
    ) throws -> [[Float]] {
        let people = try clustering(method).people(among: voices, count: count, cancellation: CancellationFlag())
        for person in people { #expect(person.allSatisfy(\.isFinite) && person.count == 32) }
        return people
    }

    /// Noisy copies of a person's direction, the people in turn: `people[i]` is how often person i speaks.
    private func voices(_ people: [Int], noise: Float = 0.15, seconds: Float = 2, seed: UInt64 = 1) -> [LocalSpeaker] {
        var random = SplitMix64(seed: seed)
        var result: [LocalSpeaker] = []
        for (person, count) in people.enumerated() {
            for _ in 0..<count {
                var vector = (0..<32).map { _ in Float.random(in: -noise...noise, using: &random) }
                vector[person] += 1
                result.append(
                    LocalSpeaker(
                        window: result.count, index: 0, speechSeconds: seconds, embedding: vector.map { $0 * 3 }))
            }
        }
        return result
    }

    private func voice(_ embedding: [Float], window: Int = 0, index: Int = 0) -> LocalSpeaker {
        LocalSpeaker(window: window, index: index, speechSeconds: 2, embedding: embedding)
    }

    private func unit(_ index: Int) -> [Float] { (0..<32).map { $0 == index ? 1 : 0 } }

    @Test(arguments: ClusteringMethod.allCases, [[20], [20, 12], [15, 15, 15], [11, 11, 11, 11, 11]])
    func findsHowManyThereAre(_ method: ClusteringMethod, _ counts: [Int]) throws {
        let found = try people(method, voices(counts))
        #expect(found.count == counts.count)
        // In order of first appearance, and each the voice of somebody.
        for (person, direction) in found.enumerated() { #expect(direction[person] > 0.9) }
    }

    @Test(arguments: ClusteringMethod.allCases) func twelvePeople(_ method: ClusteringMethod) throws {
        let twelve = voices(Array(repeating: 12, count: 12))
        #expect(try people(method, twelve).count == 12)
        #expect(try people(method, twelve, .exactly(12)).count == 12)
    }

    @Test(arguments: ClusteringMethod.allCases, 1...6) func givesTheNumberAskedFor(
        _ method: ClusteringMethod, _ number: Int
    ) throws {
        #expect(try people(method, voices([12, 12, 12]), .exactly(number)).count == number)
    }

    @Test(arguments: ClusteringMethod.allCases) func keepsToTheBounds(_ method: ClusteringMethod) throws {
        let three = voices([12, 12, 12])
        #expect(try people(method, three, .automatic(minimum: 4)).count >= 4)
        #expect(try people(method, three, .automatic(minimum: 4, maximum: 4)).count == 4)
        #expect(try people(method, three, .automatic(maximum: 2)).count <= 2)
        #expect(try people(method, three, .automatic(minimum: 2, maximum: 5)).count == 3)
        #expect(try people(method, three, .automatic(minimum: 3, maximum: 1)).count == 3)
    }

    @Test(arguments: ClusteringMethod.allCases) func asksForMorePeopleThanVoices(_ method: ClusteringMethod) throws {
        #expect(try people(method, voices([2, 1]), .exactly(9)).count == 3)
        #expect(try people(method, voices([4, 4]), .automatic(minimum: 100)).count == 8)
        #expect(try people(method, voices([4, 4]), .exactly(0)).count == 1)
        #expect(try people(method, voices([4, 4]), .exactly(-5)).count == 1)
    }

    @Test(arguments: ClusteringMethod.allCases) func nobodyAndHardlyAnybody(_ method: ClusteringMethod) throws {
        #expect(try people(method, []).isEmpty)
        #expect(try people(method, [], .exactly(3)).isEmpty)
        #expect(try people(method, voices([1], seconds: 0.4)).count == 1)
        #expect(try people(method, voices([1, 1])).count == 2)
        #expect(try people(method, voices([2], noise: 0.05)).count == 1)
    }

    @Test(arguments: ClusteringMethod.allCases) func equalVoices(_ method: ClusteringMethod) throws {
        let equal = (0..<20).map { voice(unit(3), window: $0) }
        #expect(try people(method, equal).count == 1)
        #expect(try people(method, equal, .exactly(4)).count == 4)
        let sameWindow = (0..<10).flatMap { window in (0..<2).map { voice(unit(3), window: window, index: $0) } }
        #expect(try people(method, sameWindow, .exactly(2)).count == 2)
    }

    @Test(arguments: ClusteringMethod.allCases) func vectorsThatAreNone(_ method: ClusteringMethod) throws {
        let zero = voice(Array(repeating: 0, count: 32), window: 900)
        let noNumber = voice(Array(repeating: .nan, count: 32), window: 901)
        let endless = voice([.infinity] + Array(repeating: 1, count: 31), window: 902)
        let huge = voice(Array(repeating: 1e30, count: 32), window: 903)
        let short = voice([1, 2, 3], window: 904)
        let bad = [zero, noNumber, endless, huge, short]
        #expect(try people(method, bad).isEmpty)
        #expect(try people(method, bad, .exactly(2)).isEmpty)
        #expect(try people(method, voices([12, 12]) + bad).count == 2)
    }

    @Test(arguments: ClusteringMethod.allCases) func allFromOneWindow(_ method: ClusteringMethod) throws {
        let window = (0..<3).map { voice(unit($0), index: $0) }
        #expect((1...3).contains(try people(method, window).count))
        #expect(try people(method, window, .exactly(3)).count == 3)
    }

    @Test(arguments: ClusteringMethod.allCases) func isDeterministicAndStops(_ method: ClusteringMethod) throws {
        let some = voices([12, 9, 7])
        #expect(try people(method, some) == people(method, some))
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: CancellationError.self) {
            try clustering(method).people(among: some, count: .automatic(), cancellation: flag)
        }
    }

    @Test(arguments: [ClusteringMethod.linkage, .centroid]) func aFewStrayVoicesAreNotAPerson(
        _ method: ClusteringMethod
    ) throws {
        let all =
            voices([60, 60]) + [
                LocalSpeaker(window: 999, index: 0, speechSeconds: 1.1, embedding: unit(31))
            ]
        #expect(try people(method, all).count == 2)
        // Not even when the number is given: two real people are more than one and a stray voice.
        #expect(try people(method, all, .exactly(2)).allSatisfy { $0[31] < 0.5 })
    }

    @Test func vbxNeedsItsEncodersPLDA() throws {
        #expect(throws: InferenceError.self) {
            try SpeakerClusterings.make(.vbx, traits: Self.traits, plda: nil)
        }
        let other = try PLDA(
            transform: ClusteringReference.file("xvec_transform.npz"), plda: ClusteringReference.file("plda.npz"))
        #expect(throws: InferenceError.self) {
            try SpeakerClusterings.make(.vbx, traits: Self.traits, plda: other)
        }
        let own = try PLDA(
            transform: ClusteringReference.file("even_transform.npz"), plda: ClusteringReference.file("even_plda.npz"))
        let automatic = try SpeakerClusterings.make(.automatic, traits: Self.traits, plda: own)
        #expect((automatic as? TwoStageClustering)?.method is VBxClustering)
    }
}
