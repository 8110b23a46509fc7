/// How the process-wide part of the inference library is set up.
public struct RuntimeOptions: Sendable, Hashable {
    /// What the library writes to standard error.
    public enum LogLevel: Int32, Sendable, CaseIterable {
        case verbose = 0
        case info = 1
        case warning = 2
        case error = 3
        /// Only what ends the library. Failures reach the caller as thrown errors in any case.
        case fatal = 4
    }

    /// Threads that one operator may spread over, shared by all sessions and including the calling thread; at least 1.
    ///
    /// Default: the cores that this process may use.
    public var intraOpThreadCount: Int
    /// Whether idle threads spin for a while before they sleep: a little faster alone, at the cost of everyone else on
    /// the machine.
    ///
    /// Default false.
    public var allowSpinning: Bool
    /// Default ``LogLevel/fatal``.
    public var logLevel: LogLevel

    /// Makes options.
    public init(
        intraOpThreadCount: Int = AvailableCores.count(), allowSpinning: Bool = false, logLevel: LogLevel = .fatal
    ) {
        self.intraOpThreadCount = intraOpThreadCount
        self.allowSpinning = allowSpinning
        self.logLevel = logLevel
    }
}
