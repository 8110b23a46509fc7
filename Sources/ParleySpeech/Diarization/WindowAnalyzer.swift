import ParleyCore

/// What one segmentation window has to say.
struct AnalyzedWindow: Sendable {
    /// Its first sample in the recording.
    let startSample: Int
    /// Posteriors in 255ths, flat `[frame][local speaker]`: a day of windows is kept until the end.
    let posteriors: [UInt8]
    /// The voices long enough to be compared.
    let speakers: [LocalSpeaker]
}

/// Finds the local speakers of segmentation windows and encodes their voices.
///
/// Stateless.
struct WindowAnalyzer: Sendable {
    let segmentation: SegmentationModel
    let encoder: SpeakerEncoder

    /// Posterior above which a local speaker talks.
    static let activeThreshold: Float = 0.5
    /// Below this a voice is not worth encoding.
    private static let minimumSpeechSeconds: Float = 0.2
    /// With this much speech outside overlaps, the overlapped frames are left out.
    private static let enoughCleanSeconds: Float = 0.4

    /// Analyses a batch of windows.
    ///
    /// Blocking.
    /// - Parameters:
    ///   - batch: Each exactly one segmentation window long.
    ///   - firstIndex: Number of the first window.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func analyze(_ batch: [AudioWindow], firstIndex: Int, cancellation: CancellationFlag) throws -> [AnalyzedWindow] {
        let windows = batch.map(\.samples)
        let posteriors = try segmentation.posteriors(windows, cancellation: cancellation)
        var owners: [(window: Int, index: Int, seconds: Float)] = []
        var utterances: [SpeakerEncoder.Utterance] = []
        for (offset, window) in windows.enumerated() {
            let masks = cleanMasks(posteriors[offset])
            guard masks.contains(where: { $0 != nil }) else { continue }
            let mel = encoder.mel(of: window)
            for (index, mask) in masks.enumerated() {
                guard let mask else { continue }
                owners.append((offset, index, seconds(mask)))
                utterances.append(encoder.utterance(mel: mel, samples: window, frames: featureFrames(mask)))
            }
        }
        let embeddings = try encoder.embeddings(utterances, cancellation: cancellation)
        var speakers = [[LocalSpeaker]](repeating: [], count: windows.count)
        for (owner, embedding) in zip(owners, embeddings) {
            guard let embedding else { continue }
            speakers[owner.window].append(
                LocalSpeaker(
                    window: firstIndex + owner.window, index: owner.index, speechSeconds: owner.seconds,
                    embedding: embedding))
        }
        return batch.indices.map { index in
            AnalyzedWindow(
                startSample: batch[index].startSample,
                posteriors: posteriors[index].map { UInt8(max(0, min(255, ($0 * 255).rounded()))) },
                speakers: speakers[index])
        }
    }

    /// For each local speaker the segmentation frames to encode; nil when there are too few.
    private func cleanMasks(_ posteriors: [Float]) -> [[Bool]?] {
        let count = segmentation.localSpeakerCount
        let frameCount = posteriors.count / count
        let activeCounts = (0..<frameCount).map { frame in
            (0..<count).count { posteriors[frame * count + $0] > Self.activeThreshold }
        }
        return (0..<count).map { speaker in
            let active = (0..<frameCount).map { posteriors[$0 * count + speaker] > Self.activeThreshold }
            let clean = (0..<frameCount).map { active[$0] && activeCounts[$0] == 1 }
            let cleanSeconds = seconds(clean)
            let isCleanEnough = cleanSeconds >= Self.enoughCleanSeconds || cleanSeconds >= seconds(active) / 2
            let mask = isCleanEnough ? clean : active
            return seconds(mask) >= Self.minimumSpeechSeconds ? mask : nil
        }
    }

    private func seconds(_ mask: [Bool]) -> Float {
        Float(mask.count { $0 } * segmentation.frameShiftSamples) / Float(PCM.sampleRateHz)
    }

    /// Feature frames whose middle falls into the mask's segmentation frames.
    private func featureFrames(_ mask: [Bool]) -> [Int] {
        let hop = SpeakerEncoder.hopSampleCount
        return (0..<(segmentation.windowSampleCount / hop)).filter { frame in
            let position =
                Double(frame * hop - segmentation.frameSizeSamples / 2) / Double(segmentation.frameShiftSamples)
            return mask[min(mask.count - 1, max(0, Int((position + 0.5).rounded(.down))))]
        }
    }
}
