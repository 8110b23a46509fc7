/// A server that accepts requests.
protocol RunningServer: Sendable {
    /// The port that it listens on.
    var port: Int { get }

    /// Returns when the server has stopped by itself.
    /// - Throws: why it stopped, or `CancellationError` as soon as the task is cancelled; the server runs on then.
    func waitUntilStopped() async throws

    /// Accepts nothing more, lets running requests end within the grace, then closes what is left.
    func drain(grace: Duration) async
}
