import ParleyCore

/// Takes the one voice out of a reference recording, and refuses recordings of nobody or of several people.
///
/// Clustering is made for conversations and drops what little is said by somebody; here everything that was heard
/// counts. Two people talk in a recording when much of its speech overlaps, or when its voices fall into two groups that
/// would hardly be taken for one person.
///
/// Measured with the bundled networks on LibriSpeech, LJSpeech and synthesised voices, 16 people: of 406 references of
/// one person (2, 4, 10, 30 s) 404 were taken; of mixtures of two people 121 of 122 in turn (5 s each) and 80 of 82 at
/// once (8 s) were refused (by clustering as in conversations it had been 86% and 79%). Of cuts out of conversations and
/// meetings in which a second person has a fifth of the talk 20 of 20 of 30 s were refused and 28 of 40 of 10 s: what the
/// segmentation network does not hear of a distant or brief second voice is missed. So are 39 of 77 mixtures of 2 s of
/// each, which fill a single window.
struct ReferenceVoice: Sendable {
    /// Whose voice it is to be.
    let name: String
    /// Who listened.
    let encoder: SpeakerEncoderTraits
    /// Where the frames of the windows lie.
    let segmentation: SegmentationModel

    /// Overlapped speech from which two people talk at the same time: share of all speech, and seconds.
    ///
    /// Recordings of one person have hardly any, two readers mixed over 8 s a fifth to all of it.
    private static let overlap = (share: Float(0.15), seconds: Float(0.5))
    /// A second group of voices is another person when it has this share of the speech and this many seconds (both
    /// summed over the windows), not a breath or a noise.
    ///
    /// What is less is left out of the print.
    private static let secondVoice = (share: Float(0.1), seconds: Float(1.2))
    /// Shorter voices say too little about whose they are.
    private static let shortestVoiceSeconds: Float = 0.5

    /// Similarity of two groups of voices below which they are two people: a quarter of the way from the acceptance of
    /// the encoder to identity, because parts of one recording are more alike than two recordings of a person.
    private var sameVoice: Float { encoder.acceptance + (1 - encoder.acceptance) / 4 }

    /// The voice.
    /// - Parameters:
    ///   - windows: The whole recording, in order of time.
    ///   - sampleCount: Its length; the last window may go beyond.
    /// - Throws: ``DiarizationError``
    func print(of windows: [AnalyzedWindow], sampleCount: Int) throws -> VoicePrint {
        let heard = windows.flatMap(\.speakers)
        let long = heard.filter { $0.speechSeconds >= Self.shortestVoiceSeconds }
        let voices = long.isEmpty ? heard : long
        guard !voices.isEmpty else {
            throw DiarizationError(
                .referenceUnusable, "The reference of the known speaker '\(name)' holds no speech.", speakerName: name)
        }
        let groups = VoiceGroups(voices)
        if overlaps(windows) || isSecondPerson(groups) {
            throw DiarizationError(
                .referenceAmbiguous,
                "The reference of the known speaker '\(name)' holds more than one voice; give a recording in which only "
                    + "that person speaks.", speakerName: name)
        }
        let isOnePerson = groups.similarity >= sameVoice
        return VoicePrint(
            encoder: encoder.id, values: isOnePerson ? VoiceGroups.centre(of: voices) : groups.larger,
            speechSeconds: speechSeconds(windows, sampleCount: sampleCount))
    }

    private func isSecondPerson(_ groups: VoiceGroups) -> Bool {
        groups.similarity < sameVoice && groups.smallerSeconds >= Self.secondVoice.seconds
            && groups.smallerSeconds >= Self.secondVoice.share * groups.totalSeconds
    }

    /// Whether much of the speech is that of two people at the same time.
    private func overlaps(_ windows: [AnalyzedWindow]) -> Bool {
        let count = segmentation.localSpeakerCount
        let threshold = UInt8(WindowAnalyzer.activeThreshold * 255)
        var (spoken, overlapped) = (0, 0)
        for window in windows {
            for start in stride(from: 0, to: window.posteriors.count, by: count) {
                let active = window.posteriors[start..<min(start + count, window.posteriors.count)]
                    .count { $0 > threshold }
                spoken += active >= 1 ? 1 : 0
                overlapped += active >= 2 ? 1 : 0
            }
        }
        let seconds = Float(overlapped * segmentation.frameShiftSamples) / Float(PCM.sampleRateHz)
        return seconds >= Self.overlap.seconds && Float(overlapped) >= Self.overlap.share * Float(spoken)
    }

    /// Seconds in which anybody talks, each counted once however many windows cover it.
    private func speechSeconds(_ windows: [AnalyzedWindow], sampleCount: Int) -> Double {
        let reconstruction = ActivityReconstruction(segmentation: segmentation)
        let everybody = Dictionary(uniqueKeysWithValues: (0..<segmentation.localSpeakerCount).map { ($0, 0) })
        let frameCount = sampleCount / segmentation.frameShiftSamples
        let posteriors = reconstruction.posteriors(
            windows.map { ($0, everybody) }, personCount: 1, frames: 0..<frameCount)
        let spoken = posteriors[0].count { $0 > WindowAnalyzer.activeThreshold }
        return Double(spoken) * reconstruction.frameSeconds
    }
}

/// Voices in two groups: those nearer to one and those nearer to the other of the two that are least alike, then to the
/// groups' own centres (2-means with cosine similarity; Dhillon & Modha 2001).
private struct VoiceGroups {
    /// Cosine similarity of the groups' centres; 1 when all voices are one group.
    private(set) var similarity: Float = 1
    /// Centre of the group with more speech.
    private(set) var larger: [Float]
    /// Speech of the group with less.
    private(set) var smallerSeconds: Float = 0
    let totalSeconds: Float

    private static let maximumRounds = 10

    /// - Parameter voices: At least one.
    init(_ voices: [LocalSpeaker]) {
        larger = Self.centre(of: voices)
        totalSeconds = Self.seconds(of: voices)
        guard var centres = Self.leastAlike(voices) else { return }
        for _ in 0..<Self.maximumRounds {
            let second = voices.map { Vector.dot($0.direction, centres.1) > Vector.dot($0.direction, centres.0) }
            let parts = (
                zip(voices, second).filter { !$1 }.map(\.0), zip(voices, second).filter { $1 }.map(\.0)
            )
            guard !parts.0.isEmpty, !parts.1.isEmpty else { return }
            centres = (Self.centre(of: parts.0), Self.centre(of: parts.1))
            let seconds = (Self.seconds(of: parts.0), Self.seconds(of: parts.1))
            similarity = Vector.dot(centres.0, centres.1)
            larger = seconds.0 >= seconds.1 ? centres.0 : centres.1
            smallerSeconds = min(seconds.0, seconds.1)
        }
    }

    /// The mean direction, weighted by speech.
    static func centre(of voices: [LocalSpeaker]) -> [Float] {
        let zero = [Float](repeating: 0, count: voices.first?.direction.count ?? 0)
        return Vector.normalized(
            voices.reduce(zero) { Vector.sum($0, $1.direction, weight: $1.speechSeconds) })
    }

    private static func seconds(of voices: [LocalSpeaker]) -> Float { voices.reduce(0) { $0 + $1.speechSeconds } }

    private static func leastAlike(_ voices: [LocalSpeaker]) -> ([Float], [Float])? {
        var least: (similarity: Float, pair: ([Float], [Float]))?
        for (index, voice) in voices.enumerated() {
            for other in voices[..<index] {
                let similarity = Vector.dot(voice.direction, other.direction)
                if similarity < least?.similarity ?? .infinity {
                    least = (similarity, (other.direction, voice.direction))
                }
            }
        }
        return least?.pair
    }
}
