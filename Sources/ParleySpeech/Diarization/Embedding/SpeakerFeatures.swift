import ParleyAudio

/// What a speaker network reads: the frames of a window, and how those of one voice are made even.
struct SpeakerFeatures: Sendable {
    enum Frames: Sendable {
        case kaldi(KaldiFbank)
        case nemo(NeMoMelSpectrogram)
    }
    enum Normalization: Sendable {
        /// The network does it.
        case none
        /// The mean of each band is taken off, Kaldi's cepstral mean normalisation.
        case mean
        /// Mean 0 and standard deviation 1 in each band.
        case meanAndDeviation
    }

    let frames: Frames
    let normalization: Normalization

    /// Bands per frame.
    var melCount: Int {
        switch frames {
        case .kaldi(let fbank): fbank.melCount
        case .nemo(let spectrogram): spectrogram.melCount
        }
    }

    /// The frames of each voice of a window, normalised over that voice's frames; their features are computed once.
    func voices(of window: MaskedWindow) -> [MelFrames] {
        let (all, frameCount) = allFrames(of: window.samples)
        return window.masks.indices.map { voice in
            let indices = window.featureFrames(
                of: voice, hopSampleCount: hopSampleCount, firstCentreSample: firstCentreSample,
                frameCount: frameCount)
            var gathered: [Float] = []
            gathered.reserveCapacity(indices.count * melCount)
            for index in indices { gathered += all[index] }
            return normalized(MelFrames(melCount: melCount, values: gathered))
        }
    }

    /// All frames of a window, and how many of them count.
    private func allFrames(of samples: [Float]) -> (frames: MelFrames, count: Int) {
        switch frames {
        case .kaldi(let fbank):
            let all = fbank.features(samples)
            return (all, all.frameCount)
        case .nemo(let spectrogram):
            return (spectrogram.features(samples), spectrogram.validFrameCount(sampleCount: samples.count))
        }
    }

    private var hopSampleCount: Int {
        switch frames {
        case .kaldi: KaldiFbank.hopSampleCount
        case .nemo(let spectrogram): spectrogram.hopSampleCount
        }
    }

    private var firstCentreSample: Int {
        switch frames {
        case .kaldi(let fbank): fbank.firstCentreSample
        case .nemo: 0
        }
    }

    private func normalized(_ voice: MelFrames) -> MelFrames {
        switch normalization {
        case .none: voice
        case .mean: Self.withoutMean(voice)
        case .meanAndDeviation: NeMoMelSpectrogram.normalizedPerFeature(voice)
        }
    }

    private static func withoutMean(_ voice: MelFrames) -> MelFrames {
        let (melCount, frameCount) = (voice.melCount, voice.frameCount)
        var means = [Float](repeating: 0, count: melCount)
        for frame in 0..<frameCount {
            for band in 0..<melCount { means[band] += voice.values[frame * melCount + band] }
        }
        for band in 0..<melCount { means[band] /= Float(max(1, frameCount)) }
        var values = voice.values
        for frame in 0..<frameCount {
            for band in 0..<melCount { values[frame * melCount + band] -= means[band] }
        }
        return MelFrames(melCount: melCount, values: values)
    }
}
