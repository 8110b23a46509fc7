import ParleyCore
import ParleyInference

/// The analysis of windows of all recordings, gathered into batches.
struct WindowAnalysis: BatchReporting {
    /// All windows have the same length.
    private struct OneBucket: Hashable {}

    let segmentation: SegmentationModel
    private let scheduler: BatchScheduler<WindowPlace, OneBucket, AnalyzedWindow>

    /// - Parameters:
    ///   - analyzers: Work at the same time; all with the same networks, at least one.
    ///   - segmentation: One of their segmentation networks.
    init(_ analyzers: [WindowAnalyzer], segmentation: SegmentationModel) {
        self.segmentation = segmentation
        scheduler = BatchScheduler(
            name: "speakers", options: Self.options,
            replicas: analyzers.map { analyzer in
                { entries, _, cancellation in
                    do {
                        return try analyzer.analyze(entries.map(\.job), cancellation: cancellation)
                            .map { .finished($0) }
                    } catch {
                        return entries.map { _ in .failed(error) }
                    }
                }
            })
    }

    /// The windows of a recording come several at a time; waiting longer would only delay the next ones.
    private static let options = BatchingOptions(maximumBatch: 8, maximumWait: .milliseconds(5))

    /// See ``BatchReporting``.
    var batching: BatchSchedulerStatus? { scheduler.status }

    /// Analyses windows of one recording.
    /// - Returns: In the order of the windows.
    /// - Throws: ``InferenceError``, ``AdmissionError`` or `CancellationError`.
    func analyze(
        _ windows: [WindowPlace], request: RequestID, priority: WorkPriority
    ) async throws -> [AnalyzedWindow] {
        try await withThrowingTaskGroup(of: AnalyzedWindow.self) { [scheduler] group in
            for window in windows {
                group.addTask {
                    try await scheduler.run(window, bucket: OneBucket(), request: request, priority: priority)
                }
            }
            var analyzed: [AnalyzedWindow] = []
            for try await window in group { analyzed.append(window) }
            return analyzed.sorted { $0.startSample < $1.startSample }
        }
    }
}
