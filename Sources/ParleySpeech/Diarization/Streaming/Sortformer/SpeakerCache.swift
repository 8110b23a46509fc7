import ParleyCore

/// What a stream of Sortformer remembers: a queue of the last frames, and of what came before the frames that tell its
/// speakers best, by speaker in order of arrival.
///
/// After Medennikov et al., "Streaming Sortformer: speaker cache-based online speaker diarization with arrival-time
/// ordering" (2025), and NeMo's constants. Its size has a bound.
struct SpeakerCache: Sendable {
    private let settings: SortformerSettings
    private let width: Int
    private let speakerCount: Int
    private let selection: CacheSelection

    /// Vectors of the cache, flat `[frame][width]`.
    private(set) var cache: [Float] = []
    /// Vectors of the queue, flat `[frame][width]`.
    private(set) var queue: [Float] = []
    /// Posteriors of the cache's frames, as they were when the frames left the queue; nil until the cache is full the
    /// first time.
    private var cachePosteriors: [Float]?
    private var silence: [Float]
    private var silentFrameCount = 0

    /// Sum of a frame's posteriors below which it is silence.
    private static let silenceThreshold: Float = 0.2

    init(settings: SortformerSettings, width: Int, speakerCount: Int) {
        self.settings = settings
        self.width = width
        self.speakerCount = speakerCount
        selection = CacheSelection(frameCount: settings.cacheFrameCount, speakerCount: speakerCount)
        silence = [Float](repeating: 0, count: width)
    }

    /// Takes what the network says of a step.
    /// - Returns: Posteriors of the chunk without its right context, flat `[frame][speaker]`.
    mutating func advance(_ output: SortformerNetwork.Output) -> [Float] {
        let (cached, queued) = (cache.count / width, queue.count / width)
        let new = min(settings.chunkFrameCount, output.chunkFrameCount)
        func posteriors(_ frames: Range<Int>) -> ArraySlice<Float> {
            output.posteriors[(frames.lowerBound * speakerCount)..<(frames.upperBound * speakerCount)]
        }
        queue += output.vectors[..<(new * width)]
        let total = queued + new
        if total > settings.queueFrameCount {
            let count = min(total, max(settings.updatePeriodFrameCount, total - settings.queueFrameCount))
            leave(
                Array(queue[..<(count * width)]), posteriors: Array(posteriors(cached..<(cached + count))),
                cacheNow: Array(posteriors(0..<cached)))
            queue.removeFirst(count * width)
        }
        return Array(posteriors((cached + queued)..<(cached + total)))
    }

    /// Frames go from the queue to the cache.
    private mutating func leave(_ vectors: [Float], posteriors: [Float], cacheNow: [Float]) {
        hearSilence(vectors, posteriors)
        cache += vectors
        cachePosteriors? += posteriors
        guard cache.count / width > settings.cacheFrameCount else { return }
        let all = cachePosteriors ?? (cacheNow + posteriors)
        let chosen = selection.choose(all)
        cache = chosen.flatMap { frame in
            frame.map { cache[($0 * width)..<(($0 + 1) * width)] } ?? silence[...]
        }
        let nothing = [Float](repeating: 0, count: speakerCount)[...]
        cachePosteriors = chosen.flatMap { frame in
            frame.map { all[($0 * speakerCount)..<(($0 + 1) * speakerCount)] } ?? nothing
        }
    }

    /// The running mean of silent frames.
    private mutating func hearSilence(_ vectors: [Float], _ posteriors: [Float]) {
        for frame in 0..<(vectors.count / width) {
            let sum = posteriors[(frame * speakerCount)..<((frame + 1) * speakerCount)].reduce(0, +)
            guard sum < Self.silenceThreshold else { continue }
            silentFrameCount += 1
            for index in 0..<width {
                silence[index] += (vectors[frame * width + index] - silence[index]) / Float(silentFrameCount)
            }
        }
    }
}
