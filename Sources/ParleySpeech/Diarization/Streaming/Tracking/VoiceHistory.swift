import ParleyCore

/// What a stream remembers of its voices to decide about them again: those of the last windows one by one, and a few
/// prototypes of each speaker for what came before.
///
/// Its size has a bound: ``windowCount`` windows, and ``prototypeCount`` voices of each speaker.
struct VoiceHistory: Sendable {
    /// The voices of a window.
    struct Window: Sendable {
        let number: Int
        let voices: [LocalSpeaker]
        /// Ids of their speakers, as it is known now.
        var ids: [Int]
    }

    /// Frames that were told of together.
    struct Region: Sendable {
        let frames: Range<Int>
        var claims: [Claim]
    }

    /// How much of a region was said to be a voice's.
    struct Claim: Sendable {
        let window: Int
        let voice: Int
        /// Sum of posteriors.
        let mass: Float
        /// The id that was told.
        var told: Int
    }

    /// Windows that are remembered one by one: five minutes at a step of 1.25 s.
    static let windowCount = 240
    /// Voices that stand for all earlier ones of a speaker.
    static let prototypeCount = 8

    private(set) var windows: [Window] = []
    private(set) var regions: [Region] = []
    private var prototypes: [Int: [LocalSpeaker]] = [:]
    private var prototypesMade = 0

    /// Adds a window; the oldest becomes part of the prototypes.
    mutating func add(_ window: Window) {
        windows.append(window)
        guard windows.count > Self.windowCount else { return }
        let oldest = windows.removeFirst()
        for (voice, id) in zip(oldest.voices, oldest.ids) where voice.speechSeconds >= Self.prototypeSeconds {
            keep(voice, of: id)
        }
        let first = windows.first?.number ?? 0
        regions.removeAll { region in region.claims.allSatisfy { $0.window < first } }
    }

    /// Adds frames that were told of.
    mutating func add(_ region: Region) {
        if !region.claims.isEmpty { regions.append(region) }
    }

    /// Voices that stand for everything so far, each with the id of its speaker, in order of time.
    var representatives: [(voice: LocalSpeaker, id: Int)] {
        let early = prototypes.keys.sorted().flatMap { id in (prototypes[id] ?? []).map { ($0, id) } }
        return early + windows.flatMap { window in zip(window.voices, window.ids).map { ($0, $1) } }
    }

    /// Gives the voices to other speakers.
    /// - Parameter ids: The ids of the representatives, in their order.
    /// - Returns: What has to be corrected of what was told.
    mutating func relabel(_ ids: [Int]) -> [(frames: Range<Int>, from: Int, to: Int)] {
        var remaining = ids[...]
        let early = prototypes.keys.sorted().flatMap { prototypes[$0] ?? [] }
        prototypes = [:]
        for voice in early { if let id = remaining.popFirst() { prototypes[id, default: []].append(voice) } }
        for id in prototypes.keys { shrink(id) }
        for index in windows.indices {
            for voice in windows[index].ids.indices {
                if let id = remaining.popFirst() { windows[index].ids[voice] = id }
            }
        }
        return corrections()
    }

    /// A region's track becomes that of the speaker who has most of its voices now.
    private mutating func corrections() -> [(frames: Range<Int>, from: Int, to: Int)] {
        let first = windows.first?.number ?? 0
        var corrections: [(frames: Range<Int>, from: Int, to: Int)] = []
        for index in regions.indices {
            var now: [Int: [Int: Float]] = [:]
            for claim in regions[index].claims where claim.window >= first {
                let id = windows[claim.window - first].ids[claim.voice]
                now[claim.told, default: [:]][id, default: 0] += claim.mass
            }
            var replacement: [Int: Int] = [:]
            for (told, masses) in now {
                let best = masses.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
                if let best, best != told { replacement[told] = best }
            }
            guard !replacement.isEmpty else { continue }
            for (from, to) in replacement.sorted(by: { $0.key < $1.key }) {
                corrections.append((regions[index].frames, from, to))
            }
            for claim in regions[index].claims.indices {
                let told = regions[index].claims[claim].told
                regions[index].claims[claim].told = replacement[told] ?? told
            }
        }
        return Self.joined(corrections)
    }

    /// Regions that follow each other with the same correction as one.
    private static func joined(
        _ corrections: [(frames: Range<Int>, from: Int, to: Int)]
    ) -> [(frames: Range<Int>, from: Int, to: Int)] {
        var joined: [(frames: Range<Int>, from: Int, to: Int)] = []
        for next in corrections {
            let place = joined.lastIndex {
                $0.from == next.from && $0.to == next.to && $0.frames.upperBound == next.frames.lowerBound
            }
            if let place {
                joined[place].frames = joined[place].frames.lowerBound..<next.frames.upperBound
            } else {
                joined.append(next)
            }
        }
        return joined
    }

    /// A speaker has turned out to be another.
    mutating func merge(_ id: Int, into other: Int) {
        for index in regions.indices {
            for claim in regions[index].claims.indices where regions[index].claims[claim].told == id {
                regions[index].claims[claim].told = other
            }
        }
    }

    // MARK: - Prototypes

    /// Shorter voices are not kept.
    private static let prototypeSeconds: Float = 1

    private mutating func keep(_ voice: LocalSpeaker, of id: Int) {
        let prototype = prototype(of: [voice])
        prototypes[id, default: []].append(prototype)
        shrink(id)
    }

    /// Puts those together that sound most alike until there are few enough.
    private mutating func shrink(_ id: Int) {
        guard var voices = prototypes[id] else { return }
        while voices.count > Self.prototypeCount {
            var best = (similarity: -Float.infinity, a: 0, b: 1)
            for b in voices.indices {
                for a in 0..<b {
                    let similarity = Vector.dot(voices[a].direction, voices[b].direction)
                    if similarity > best.similarity { best = (similarity, a, b) }
                }
            }
            voices[best.a] = prototype(of: [voices[best.a], voices[best.b]])
            voices.remove(at: best.b)
        }
        prototypes[id] = voices
    }

    private mutating func prototype(of voices: [LocalSpeaker]) -> LocalSpeaker {
        var sum = [Float](repeating: 0, count: voices.first?.direction.count ?? 0)
        for voice in voices { sum = Vector.sum(sum, voice.direction, weight: voice.speechSeconds) }
        prototypesMade += 1
        // A window of its own, below all real ones: it is nobody's neighbour.
        return LocalSpeaker(
            window: -prototypesMade, index: 0, speechSeconds: voices.reduce(0) { $0 + $1.speechSeconds },
            embedding: Vector.normalized(sum))
    }
}
