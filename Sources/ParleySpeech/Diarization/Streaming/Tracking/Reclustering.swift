import ParleyCore

/// Decides again who the speakers of a stream are, over voices that stand for all of it.
struct Reclustering: Sendable {
    let clustering: any SpeakerClustering
    let gates: TrackerGates
    /// The most speakers.
    let maximum: Int

    /// Speakers with as much speech, in seconds summed over overlapping windows, are kept although a clustering of a
    /// whole recording would take them for noise: they may have come just now.
    private static let smallestNewcomerSeconds: Float = 4

    /// The outcome.
    struct Outcome: Sendable {
        /// The people, each with the id that most of their speech has had; nil for one who was somebody else's part.
        let people: [(id: Int?, direction: [Float], seconds: Float)]
        /// Index of a person for each voice.
        let assignment: [Int]
        /// For ids that are nobody's any more, the person who has most of their speech.
        let merged: [Int: Int]
    }

    /// - Parameter voices: In order of time, each with the id of its speaker so far.
    /// - Throws: `CancellationError`.
    func decide(_ voices: [(voice: LocalSpeaker, id: Int)], cancellation: CancellationFlag) throws -> Outcome? {
        guard !voices.isEmpty else { return nil }
        var people = try clustering.people(
            among: voices.map(\.voice), count: .automatic(minimum: nil, maximum: maximum), cancellation: cancellation)
        guard !people.isEmpty else { return nil }
        people += newcomers(voices, beside: people)
        var assignment = assign(voices.map(\.voice), to: people)
        // A clustering may find people to whom no voice is nearest.
        let used = Set(assignment).sorted()
        let place = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
        people = used.map { people[$0] }
        assignment = assignment.compactMap { place[$0] }
        let ids = ids(of: voices, assignment: assignment, personCount: people.count)
        return outcome(voices, people: people, assignment: assignment, ids: ids)
    }

    /// Speakers so far who are like none of the people.
    private func newcomers(_ voices: [(voice: LocalSpeaker, id: Int)], beside people: [[Float]]) -> [[Float]] {
        var found: [[Float]] = []
        for (_, own) in Dictionary(grouping: voices, by: \.id).sorted(by: { $0.key < $1.key }) {
            guard people.count + found.count < maximum else { break }
            let trusted = own.map(\.voice).filter { $0.speechSeconds >= gates.updateSeconds }
            guard let first = trusted.first,
                trusted.reduce(0, { $0 + $1.speechSeconds }) >= Self.smallestNewcomerSeconds
            else { continue }
            let sum = trusted.dropFirst().reduce(first.direction.map { $0 * first.speechSeconds }) {
                Vector.sum($0, $1.direction, weight: $1.speechSeconds)
            }
            let direction = Vector.normalized(sum)
            let nearest = (people + found).map { Vector.dot($0, direction) }.max() ?? -1
            if 1 - nearest > gates.newSpeakerDistance { found.append(direction) }
        }
        return found
    }

    private func assign(_ voices: [LocalSpeaker], to people: [[Float]]) -> [Int] {
        var assignment: [Int] = []
        assignment.reserveCapacity(voices.count)
        var start = 0
        while start < voices.count {
            var end = start + 1
            while end < voices.count, voices[end].window == voices[start].window { end += 1 }
            assignment += WindowAssignment.people(of: Array(voices[start..<end]), among: people)
            start = end
        }
        return assignment
    }

    /// The ids of the people: as much speech as possible keeps its id.
    private func ids(
        of voices: [(voice: LocalSpeaker, id: Int)], assignment: [Int], personCount: Int
    ) -> [Int?] {
        let ids = Set(voices.map(\.id)).sorted()
        let shared = shared(voices, assignment: assignment, personCount: personCount)
        let scores = (0..<personCount).map { person in ids.map { shared[person][$0] ?? 0 } }
        return zip(LinearAssignment.maximize(scores), scores).map { column, row in
            column.flatMap { row[$0] > 0 ? ids[$0] : nil }
        }
    }

    /// Seconds of speech of each person that had each id.
    private func shared(
        _ voices: [(voice: LocalSpeaker, id: Int)], assignment: [Int], personCount: Int
    ) -> [[Int: Float]] {
        var shared = [[Int: Float]](repeating: [:], count: personCount)
        for (voice, person) in zip(voices, assignment) {
            shared[person][voice.id, default: 0] += voice.voice.speechSeconds
        }
        return shared
    }

    private func outcome(
        _ voices: [(voice: LocalSpeaker, id: Int)], people: [[Float]], assignment: [Int], ids: [Int?]
    ) -> Outcome {
        let shared = shared(voices, assignment: assignment, personCount: people.count)
        let kept = Set(ids.compactMap { $0 })
        var merged: [Int: Int] = [:]
        for id in Set(voices.map(\.id)).subtracting(kept) {
            merged[id] = people.indices.max { (shared[$0][id] ?? 0, -$0) < (shared[$1][id] ?? 0, -$1) }
        }
        return Outcome(
            people: people.indices.map { (ids[$0], people[$0], shared[$0].values.reduce(0, +)) },
            assignment: assignment, merged: merged)
    }
}
