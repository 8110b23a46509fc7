import ParleyCore

/// The speakers of a stream by id, and whose voice a new one is.
///
/// Centroids as in FluidAudio's `SpeakerManager` and diart (Coria et al., "Overlap-aware low-latency online speaker
/// diarization based on end-to-end local segmentation", 2021): the voices of a window go to different speakers by the
/// best assignment; a voice that is far from all begins a new speaker when there is enough of it, and a centroid
/// moves only with voices that are near and long enough, weighted by their duration.
struct SpeakerBook: Sendable {
    /// One speaker.
    struct Entry: Sendable {
        /// Sum of directions, each weighted with the seconds of speech.
        var sum: [Float]
        var seconds: Float
        var direction: [Float]
        var name: String?

        init(direction: [Float], seconds: Float, name: String? = nil) {
            sum = direction.map { $0 * seconds }
            self.seconds = seconds
            self.direction = direction
            self.name = name
        }
    }

    /// The speakers that are in use.
    private(set) var entries: [Int: Entry] = [:]
    private var nextID = 0
    private let gates: TrackerGates
    private let maximum: Int
    private let known: [KnownVoice]
    private let acceptance: Float

    /// - Parameters:
    ///   - maximum: The most speakers.
    ///   - known: Voices with names, of the encoder in use.
    ///   - acceptance: Cosine similarity from which a speaker is one of them.
    init(gates: TrackerGates, maximum: Int, known: [KnownVoice], acceptance: Float) {
        self.gates = gates
        self.maximum = max(1, maximum)
        self.known = known
        self.acceptance = acceptance
    }

    /// Whose voices those of a window are; speakers are added and centroids moved.
    /// - Parameters:
    ///   - voices: The local speakers of one window.
    ///   - continuity: How much of a voice's speech earlier windows gave to each speaker, 0...1, for each voice.
    mutating func identify(_ voices: [LocalSpeaker], continuity: [[Int: Float]]) -> [Int] {
        let ids = entries.keys.sorted()
        let similarities = voices.map { voice in
            ids.map { Vector.dot(voice.direction, entries[$0]?.direction ?? []) }
        }
        let scores = zip(similarities, continuity).map { row, earlier in
            zip(row, ids).map { $0 + gates.continuityWeight * (earlier[$1] ?? 0) }
        }
        let assigned = LinearAssignment.maximize(scores)
        var taken: Set<Int> = []
        var result = [Int?](repeating: nil, count: voices.count)
        for (voice, column) in assigned.enumerated() {
            // Without the bonus: the first second of a newcomer was given to somebody, too.
            guard let column, 1 - similarities[voice][column] <= gates.newSpeakerDistance else { continue }
            result[voice] = ids[column]
            taken.insert(ids[column])
        }
        for voice in voices.indices where result[voice] == nil {
            result[voice] = newcomer(voices[voice], scores: scores[voice], ids: ids, taken: &taken)
        }
        let identified = result.compactMap { $0 }
        for (voice, id) in zip(voices, identified) { hear(voice, as: id) }
        return identified
    }

    /// A new speaker where that is possible, else the nearest who is not taken.
    private mutating func newcomer(_ voice: LocalSpeaker, scores: [Float], ids: [Int], taken: inout Set<Int>) -> Int {
        let isLongEnough = voice.speechSeconds >= gates.newSpeakerSeconds || entries.isEmpty
        if isLongEnough, entries.count < maximum {
            let id = add(Entry(direction: voice.direction, seconds: 0))
            taken.insert(id)
            return id
        }
        let nearest = ids.indices.filter { !taken.contains(ids[$0]) }.max { scores[$0] < scores[$1] }
        // More voices than speakers are allowed: the rest are parts of somebody.
        guard let id = nearest.map({ ids[$0] }) ?? ids.indices.max(by: { scores[$0] < scores[$1] }).map({ ids[$0] })
        else { return taken.min() ?? add(Entry(direction: voice.direction, seconds: 0)) }
        taken.insert(id)
        return id
    }

    private mutating func hear(_ voice: LocalSpeaker, as id: Int) {
        guard var entry = entries[id] else { return }
        let isNear = 1 - Vector.dot(entry.direction, voice.direction) <= gates.updateDistance
        guard entry.seconds == 0 || (isNear && voice.speechSeconds >= gates.updateSeconds) else { return }
        entry.sum = Vector.sum(entry.sum, voice.direction, weight: voice.speechSeconds)
        entry.seconds += voice.speechSeconds
        entry.direction = Vector.normalized(entry.sum)
        entries[id] = entry
    }

    private mutating func add(_ entry: Entry) -> Int {
        defer { nextID += 1 }
        entries[nextID] = entry
        return nextID
    }

    /// Puts speakers in the place of those that there are.
    /// - Parameter people: Each with the id that it keeps, or nil for a new one.
    /// - Returns: Their ids.
    mutating func replace(with people: [(id: Int?, direction: [Float], seconds: Float)]) -> [Int] {
        let before = entries
        entries = [:]
        return people.map { person in
            let name = person.id.flatMap { before[$0]?.name }
            let entry = Entry(direction: person.direction, seconds: person.seconds, name: name)
            guard let id = person.id else { return add(entry) }
            entries[id] = entry
            return id
        }
    }

    /// Gives known voices their names, each once and to the speaker that it fits best.
    /// - Returns: The speakers whose name is another than before.
    mutating func name() -> [StreamSpeaker] {
        let ids = entries.keys.sorted()
        guard !ids.isEmpty, !known.isEmpty else { return [] }
        let scores = ids.map { id in
            known.map { Vector.dot(entries[id]?.direction ?? [], $0.print.values) }
        }
        var names: [Int: String] = [:]
        for (row, column) in LinearAssignment.maximize(scores).enumerated() {
            if let column, scores[row][column] >= acceptance { names[ids[row]] = known[column].name }
        }
        // A name stays until it fits another speaker: voices change a little from minute to minute.
        let given = Set(names.values)
        var changed: [StreamSpeaker] = []
        for id in ids {
            let before = entries[id]?.name
            let name = names[id] ?? before.flatMap { given.contains($0) ? nil : $0 }
            guard name != before else { continue }
            entries[id]?.name = name
            changed.append(StreamSpeaker(id: id, name: name))
        }
        return changed
    }
}

/// Distances and durations that decide whose a voice is.
struct TrackerGates: Sendable, Hashable {
    /// Cosine distance from which a voice is not one of the speakers there are.
    var newSpeakerDistance: Float
    /// Cosine distance up to which a voice moves its speaker's centroid.
    var updateDistance: Float
    /// Least speech, in seconds, that begins a new speaker.
    var newSpeakerSeconds: Float = 1.5
    /// Least speech, in seconds, that moves a centroid.
    var updateSeconds: Float = 1.0
    /// What it adds to the similarity that earlier windows gave the same speech to the speaker.
    var continuityWeight: Float = 0.2

    /// Gates for an encoder, from the distance up to which its vectors are taken for one person's.
    init(_ encoder: SpeakerEncoderTraits) {
        newSpeakerDistance = 1.25 * encoder.linkageThreshold
        updateDistance = encoder.linkageThreshold
    }
}
