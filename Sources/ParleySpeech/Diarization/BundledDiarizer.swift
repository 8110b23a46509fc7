public import ParleyCore
public import ParleyInference

/// Diarization by segmentation, speaker embeddings and clustering: overlapping windows with a few local speakers
/// each, a vector for every local speaker, and one clustering over the recording.
public struct BundledDiarizer: Diarizer {
    private let analyzer: WindowAnalyzer
    private let clustering = SpeakerClustering()
    private let decoder: any AudioDecoder
    private let acceptance: Float
    private let lane: BlockingLane

    /// Cosine similarity from which a voice is taken for a known speaker's.
    ///
    /// Measured on LibriSpeech, LJSpeech and synthesised voices, one utterance against references of 2, 4 and 10 s:
    /// of 4,931 pairs of different voices none reached 0.80 (the highest: 0.79); of pairs of the same voice 71%, 89%
    /// and 94% did. A missed name is a letter in the transcript, a wrong one is a false statement about a person.
    public static let defaultAcceptance = 0.80

    /// - Parameters:
    ///   - segmentation: The segmentation network of the set-up.
    ///   - encoder: The speaker encoder of the set-up.
    ///   - decoder: Reads the references of known speakers.
    ///   - acceptance: Cosine similarity, 0...1, from which a voice is taken for a known speaker's.
    ///   - threadCount: Batches analysed at the same time.
    /// - Throws: ``InferenceError`` with `modelForeign`.
    public init(
        segmentation: OnnxSession, encoder: OnnxSession, decoder: any AudioDecoder,
        acceptance: Double = BundledDiarizer.defaultAcceptance, threadCount: Int
    ) throws(InferenceError) {
        analyzer = WindowAnalyzer(
            segmentation: try SegmentationModel(session: segmentation), encoder: try SpeakerEncoder(session: encoder))
        self.decoder = decoder
        self.acceptance = Float(acceptance)
        lane = BlockingLane(name: "diarize", threadCount: threadCount)
    }

    /// See ``Diarizer``.
    public func makeSession(_ options: DiarizationOptions) async throws -> any DiarizationSession {
        var known: [SpeakerNaming.NamedVoice] = []
        for speaker in options.knownSpeakers { known.append(try await enrol(speaker)) }
        return BundledDiarizationSession(
            analyzer: analyzer, clustering: clustering, lane: lane, count: options.speakerCount,
            naming: SpeakerNaming(acceptance: acceptance, known: known))
    }

    /// The voice in a known speaker's reference, taken as one person's.
    private func enrol(_ speaker: KnownSpeaker) async throws -> SpeakerNaming.NamedVoice {
        let samples = try await lane.run { [decoder] in
            let reader = try decoder.open(speaker.reference, track: nil)
            var samples: [Float] = []
            while samples.count < Self.longestReferenceSampleCount, let chunk = try reader.next() { samples += chunk }
            return samples
        }
        let session = BundledDiarizationSession(
            analyzer: analyzer, clustering: clustering, lane: lane, count: .exactly(1),
            naming: SpeakerNaming(acceptance: 1, known: []))
        try await session.push(AudioWindow(startSample: 0, samples: samples))
        guard let voice = try await session.onlyVoice() else {
            throw DiarizationError(
                .referenceUnusable, "The reference of the known speaker '\(speaker.name)' holds no speech.",
                speakerName: speaker.name)
        }
        return SpeakerNaming.NamedVoice(name: speaker.name, embedding: voice)
    }

    private static let longestReferenceSampleCount = 30 * PCM.sampleRateHz
}
