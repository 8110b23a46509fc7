import ParleyCore

/// What is known of the work on one input at a moment.
struct ProgressState: Sendable, Hashable {
    /// The input's name.
    var name: String
    /// Its running number from 1, and how many there are.
    var index = 1
    var count = 1
    /// The latest report; nil before the first.
    var progress: TranscriptionProgress?
    /// Time since the work on this input began.
    var elapsed = Duration.zero

    /// Part that is done, 0...1; nil while the length is unknown.
    var fraction: Double? {
        guard let progress, let total = progress.totalSeconds, total > 0 else { return nil }
        return min(1, max(0, progress.processedSeconds / total))
    }

    /// Seconds of audio per second of work; nil before it means something.
    var speed: Double? {
        guard let progress, progress.processedSeconds > 0, elapsed >= .milliseconds(500) else { return nil }
        return progress.processedSeconds / elapsed.inSeconds
    }

    /// Seconds of work that are left at this speed.
    var secondsLeft: Double? {
        guard let speed, let progress, let total = progress.totalSeconds, total > progress.processedSeconds else {
            return nil
        }
        return (total - progress.processedSeconds) / speed
    }

    /// The stage in a word.
    var stageText: String {
        switch progress?.stage {
        case nil: "opening"
        case .queued: "waiting"
        case .transcribing: "transcribing"
        case .diarizing: "listening to the voices"
        case .clustering: "telling speakers apart"
        }
    }
}
