import ParleyCore

/// Decides which local speakers are the same person.
///
/// Agglomerative clustering with average linkage on cosine distance; voices of one window are never joined. Voices of
/// under a second are not trusted with the decision: they are given to the nearest person afterwards, as are clusters
/// that are too small to be one. Deterministic.
struct AverageLinkageClustering: SpeakerClustering {
    /// Cosine distance up to which voices are one person's.
    let threshold: Float
    /// Shorter voices do not take part in the decision.
    var minimumVoiceSeconds: Float = 1.0
    /// A cluster with less speech than this share of all, and less than ``largestIgnoredSeconds``, is not a person.
    var minimumShare: Float = 0.02
    /// Upper bound, in seconds summed over overlapping windows, of what ``minimumShare`` may discard.
    var largestIgnoredSeconds: Float = 20
    /// Lower bound, in the same seconds, of what makes a person.
    var smallestPersonSeconds: Float = 2

    /// See ``SpeakerClustering``.
    func people(
        among speakers: [LocalSpeaker], count: SpeakerCount, cancellation: CancellationFlag
    ) throws -> [[Float]] {
        var voices = speakers.filter { $0.speechSeconds >= minimumVoiceSeconds }
        if voices.count < requiredMinimum(count) { voices = speakers }
        guard !voices.isEmpty else { return [] }
        let groups = condense(voices)
        let dendrogram = LinkageTree(groups.map { Voice(members: $0.map { voices[$0] }) })
        func members(_ clusters: [[Int]]) -> [[Int]] { clusters.map { $0.flatMap { groups[$0] } } }
        var clusters = members(dendrogram.clusters(maximumDistance: threshold))
        clusters = clusters.filter { isPerson($0, among: voices, all: clusters) }
        if let forced = forcedCount(count, found: clusters.count) {
            clusters = members(dendrogram.clusters(exactly: min(forced, groups.count)))
        }
        return clusters.sorted { ($0.min() ?? 0) < ($1.min() ?? 0) }.map { Self.centroid($0.map { voices[$0] }) }
    }

    /// Above ``largestDirectCount`` voices, first joins those within stretches of the recording that are clearly the
    /// same, so that memory and time grow gently with its length.
    /// - Returns: Groups of voice indices; groups of one for short recordings.
    private func condense(_ voices: [LocalSpeaker]) -> [[Int]] {
        guard voices.count > Self.largestDirectCount else { return voices.indices.map { [$0] } }
        return stride(from: 0, to: voices.count, by: Self.largestDirectCount / 2).flatMap { start in
            let part = voices[start..<min(start + Self.largestDirectCount / 2, voices.count)]
            let clusters = LinkageTree(part.map { Voice(members: [$0]) })
            return clusters.clusters(maximumDistance: threshold / 2).map { $0.map { $0 + start } }
        }
    }

    /// Voices that are compared pair by pair: about 70 minutes of conversation and 64 MB.
    private static let largestDirectCount = 4_000

    fileprivate static func centroid(_ voices: [LocalSpeaker]) -> [Float] {
        var sum = [Float](repeating: 0, count: voices.first?.embedding.count ?? 0)
        for voice in voices { sum = Vector.sum(sum, voice.direction, weight: voice.speechSeconds) }
        return Vector.normalized(sum)
    }

    private func isPerson(_ cluster: [Int], among voices: [LocalSpeaker], all: [[Int]]) -> Bool {
        func seconds(_ cluster: [Int]) -> Float { cluster.reduce(0) { $0 + voices[$1].speechSeconds } }
        let own = seconds(cluster)
        let sizes = all.map(seconds)
        let limit = max(smallestPersonSeconds, min(largestIgnoredSeconds, minimumShare * sizes.reduce(0, +)))
        return own >= limit || own >= (sizes.max() ?? 0)
    }

    private func requiredMinimum(_ count: SpeakerCount) -> Int {
        switch count {
        case .exactly(let number): number
        case .automatic(let minimum, _): max(2, minimum ?? 1)
        }
    }

    /// The number to be used instead of the one found; nil when that is within what was asked for.
    private func forcedCount(_ count: SpeakerCount, found: Int) -> Int? {
        switch count {
        case .exactly(let number): number == found ? nil : number
        case .automatic(let minimum, let maximum):
            if let minimum, found < minimum { minimum } else if let maximum, found > maximum { maximum } else { nil }
        }
    }
}

/// A point for clustering: a direction, how many voices it stands for, and the window whose other voices are other
/// people (none when it stands for several).
struct Voice: Sendable {
    let embedding: [Float]
    let weight: Float
    let window: Int?

    init(members: [LocalSpeaker]) {
        embedding = members.count == 1 ? members[0].direction : AverageLinkageClustering.centroid(members)
        weight = Float(members.count)
        window = members.count == 1 ? members[0].window : nil
    }
}
