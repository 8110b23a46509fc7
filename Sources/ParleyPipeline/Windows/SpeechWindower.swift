import ParleyCore

/// A window to be recognised and the detected speech inside it.
struct SpeechWindow: Sendable {
    /// The audio.
    var audio: AudioWindow
    /// Seconds of detected speech in it.
    var speechSeconds: Double
    /// The channel that it comes from, where channels are apart.
    var channel = 0
}

/// Cuts a recording into windows of speech while it is being decoded.
///
/// Hysteresis over the detector's probabilities as in WhisperX (onset, offset), stretches gathered over short pauses
/// until a window is as long as the recogniser likes, and a stretch that grows too long is cut where speech is least
/// likely. A pure value: samples and probabilities in, windows out. Keeps only the audio that a later window may
/// need.
struct SpeechWindower: Sendable {
    /// Limits in detector frames.
    struct Limits: Sendable {
        let onset: Float
        let offset: Float
        let minimumSpeech: Int
        let minimumSilence: Int
        let padding: Int
        /// Longer pauses always end a window.
        let longestPause: Int
        let preferred: Int
        let maximum: Int
    }

    private let limits: Limits
    private let frameSampleCount: Int
    private var audio = RollingAudio()
    private var probabilities = RollingProbabilities()
    /// Frames seen.
    private var frameCount = 0
    /// First frame of the stretch of speech that is going on.
    private var speechStart: Int?
    /// First frame of the pause that may end it.
    private var silenceStart: Int?
    /// Finished stretches that wait to be put in a window.
    private var stretches: [Range<Int>] = []
    /// End of the last window in frames; the next may not begin before it.
    private var lastWindowEnd = 0

    /// - Parameters:
    ///   - options: Thresholds and minimum durations.
    ///   - frameSampleCount: Samples per probability.
    ///   - preferred: Windows are closed at the first pause after this length.
    ///   - maximum: No window is longer.
    ///   - longestPause: A pause this long ends a window.
    init(
        options: SpeechDetectionOptions, frameSampleCount: Int, preferred: Duration, maximum: Duration,
        longestPause: Duration = .seconds(1)
    ) {
        self.frameSampleCount = frameSampleCount
        func frames(_ duration: Duration) -> Int {
            Int((duration / .seconds(1) * Double(PCM.sampleRateHz) / Double(frameSampleCount)).rounded())
        }
        let padding = max(0, frames(options.padding))
        limits = Limits(
            onset: Float(options.onset), offset: Float(min(options.offset, options.onset)),
            minimumSpeech: frames(options.minimumSpeech), minimumSilence: max(1, frames(options.minimumSilence)),
            padding: padding, longestPause: frames(longestPause),
            preferred: frames(preferred), maximum: max(8, frames(maximum) - 2 * padding))
    }

    /// Takes decoded samples and the probabilities of the frames that they complete.
    /// - Returns: The windows that are now certain, in order.
    mutating func push(samples: [Float], probabilities new: [Float]) -> [SpeechWindow] {
        audio.append(samples)
        var windows: [SpeechWindow] = []
        for probability in new {
            probabilities.append(probability)
            windows += step(probability)
        }
        forgetOldAudio()
        return windows
    }

    /// The last windows, at the end of the recording.
    mutating func finish() -> [SpeechWindow] {
        if let start = speechStart {
            endStretch(start..<(silenceStart ?? frameCount))
        }
        return flush()
    }

    private mutating func step(_ probability: Float) -> [SpeechWindow] {
        let frame = frameCount
        frameCount += 1
        guard let start = speechStart else {
            if probability >= limits.onset {
                speechStart = frame
                silenceStart = nil
                return []
            }
            if let last = stretches.last, frame - last.upperBound >= limits.longestPause { return flush() }
            return []
        }
        var windows: [SpeechWindow] = []
        if probability < limits.offset {
            silenceStart = silenceStart ?? frame
        } else if probability >= limits.onset {
            silenceStart = nil
        }
        if let silence = silenceStart, frame + 1 - silence >= limits.minimumSilence {
            endStretch(start..<silence)
            if let first = stretches.first, silence - first.lowerBound >= limits.preferred { windows += flush() }
        } else {
            // A window may not outgrow the model: first give up gathering, then cut the stretch itself.
            if let first = stretches.first, frame + 1 - first.lowerBound >= limits.maximum { windows += flush() }
            if frame + 1 - start >= limits.maximum { windows += cutStretch(from: start, to: frame + 1) }
        }
        return windows
    }

    private mutating func endStretch(_ stretch: Range<Int>) {
        if stretch.count >= limits.minimumSpeech { stretches.append(stretch) }
        speechStart = nil
        silenceStart = nil
    }

    /// Cuts a stretch in its second half where speech is least likely, and goes on after the cut.
    private mutating func cutStretch(from start: Int, to end: Int) -> [SpeechWindow] {
        let cut = probabilities.indexOfMinimum(in: (start + limits.maximum / 2)..<end) ?? end
        stretches.append(start..<cut)
        let windows = flush(paddingAtEnd: false)
        speechStart = cut
        if let silence = silenceStart { silenceStart = max(silence, cut) }
        return windows
    }

    /// Makes one window of the gathered stretches.
    private mutating func flush(paddingAtEnd: Bool = true) -> [SpeechWindow] {
        guard let first = stretches.first, let last = stretches.last else { return [] }
        let speechFrames = stretches.reduce(0) { $0 + $1.count }
        stretches = []
        let start = max(lastWindowEnd, first.lowerBound - limits.padding)
        let following = speechStart.map { max(last.upperBound, $0) } ?? frameCount
        let end = paddingAtEnd ? min(last.upperBound + limits.padding, following) : last.upperBound
        lastWindowEnd = end
        let samples = audio.slice((start * frameSampleCount)..<(end * frameSampleCount))
        return [
            SpeechWindow(
                audio: AudioWindow(startSample: start * frameSampleCount, samples: samples),
                speechSeconds: PCM.seconds(sampleCount: speechFrames * frameSampleCount))
        ]
    }

    private mutating func forgetOldAudio() {
        let needed = (stretches.first?.lowerBound ?? speechStart ?? frameCount) - limits.padding
        audio.forget(before: max(0, needed) * frameSampleCount)
        probabilities.forget(before: max(0, speechStart ?? frameCount))
    }
}

/// The recent part of a recording, addressed by sample index from its start.
private struct RollingAudio: Sendable {
    private var samples: [Float] = []
    private var start = 0

    mutating func append(_ new: [Float]) { samples += new }

    /// The samples of a range; what lies beyond the end is left out.
    func slice(_ range: Range<Int>) -> [Float] {
        let lower = max(0, range.lowerBound - start)
        let upper = min(samples.count, range.upperBound - start)
        return lower < upper ? Array(samples[lower..<upper]) : []
    }

    mutating func forget(before index: Int) {
        let count = min(samples.count, index - start)
        // Moving memory costs: do it in large steps.
        guard count >= PCM.sampleRateHz * 4 else { return }
        samples.removeFirst(count)
        start += count
    }
}

/// The recent probabilities, addressed by frame index.
private struct RollingProbabilities: Sendable {
    private var values: [Float] = []
    private var start = 0

    mutating func append(_ value: Float) { values.append(value) }

    func indexOfMinimum(in range: Range<Int>) -> Int? {
        let lower = max(range.lowerBound, start)
        let upper = min(range.upperBound, start + values.count)
        guard lower < upper else { return nil }
        return (lower..<upper).min { values[$0 - start] < values[$1 - start] }
    }

    mutating func forget(before index: Int) {
        let count = min(values.count, index - start)
        guard count >= 128 else { return }
        values.removeFirst(count)
        start += count
    }
}
