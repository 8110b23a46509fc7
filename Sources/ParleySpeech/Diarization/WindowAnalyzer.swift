import ParleyCore
import ParleyInference

/// A window to be analysed.
struct WindowPlace: Sendable {
    /// Running number within its recording, from 0.
    let number: Int
    /// Its first sample in the recording.
    let startSample: Int
    /// One segmentation window of audio.
    let samples: [Float]
}

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
    let encoder: any SpeakerEncoder

    /// Posterior above which a local speaker talks.
    static let activeThreshold: Float = 0.5
    /// Below this a voice is not worth encoding.
    private static let minimumSpeechSeconds: Float = 0.2
    /// With this much speech outside overlaps, the overlapped frames are left out.
    private static let enoughCleanSeconds: Float = 0.4

    /// Analyses a batch of windows, of whichever recordings.
    ///
    /// Blocking.
    /// - Parameter batch: Each exactly one segmentation window long.
    /// - Throws: ``InferenceError`` or `CancellationError`.
    func analyze(_ batch: [WindowPlace], cancellation: CancellationFlag) throws -> [AnalyzedWindow] {
        let posteriors = try segmentation.posteriors(batch.map(\.samples), cancellation: cancellation)
        let voices = posteriors.map(voices)
        let vectors = try encoder.embeddings(
            of: zip(batch, voices).map { place, voices in
                MaskedWindow(samples: place.samples, grid: segmentation.grid, masks: voices.map(\.mask))
            }, cancellation: cancellation)
        return batch.indices.map { index in
            AnalyzedWindow(
                startSample: batch[index].startSample,
                posteriors: posteriors[index].map { UInt8(max(0, min(255, ($0 * 255).rounded()))) },
                speakers: zip(voices[index], vectors[index]).compactMap { voice, vector in
                    vector.map {
                        LocalSpeaker(
                            window: batch[index].number, index: voice.index, speechSeconds: seconds(voice.mask),
                            embedding: $0)
                    }
                })
        }
    }

    /// The local speakers worth encoding, each with the frames to be listened to.
    private func voices(_ posteriors: [Float]) -> [(index: Int, mask: [Bool])] {
        let count = segmentation.localSpeakerCount
        let frameCount = posteriors.count / count
        let activeCounts = (0..<frameCount).map { frame in
            (0..<count).count { posteriors[frame * count + $0] > Self.activeThreshold }
        }
        return (0..<count).compactMap { speaker in
            let active = (0..<frameCount).map { posteriors[$0 * count + speaker] > Self.activeThreshold }
            let clean = (0..<frameCount).map { active[$0] && activeCounts[$0] == 1 }
            let cleanSeconds = seconds(clean)
            let isCleanEnough = cleanSeconds >= Self.enoughCleanSeconds || cleanSeconds >= seconds(active) / 2
            let mask = isCleanEnough ? clean : active
            return seconds(mask) >= Self.minimumSpeechSeconds ? (speaker, mask) : nil
        }
    }

    private func seconds(_ mask: [Bool]) -> Float {
        Float(mask.count { $0 } * segmentation.frameShiftSamples) / Float(PCM.sampleRateHz)
    }
}
