import ParleyCore

/// Decides when a report is shown, so that a terminal does not flicker and a log does not fill.
struct ProgressPacing: Sendable {
    /// Where reports go.
    enum Style: Sendable, Hashable {
        /// A line that is drawn over, at most ten times a second.
        case live(width: Int)
        /// Lines at most every ten seconds, each for ten percent more or a minute.
        case plain
        /// None.
        case none
    }

    /// Part between two plain lines: a tenth, less what rounding takes away.
    private static let plainStep = 0.1 - 1e-9

    let style: Style
    private var lastShown: Duration?
    private var lastFraction = 0.0

    init(style: Style) { self.style = style }

    /// Whether this state is to be shown; remembers that it was.
    mutating func shows(_ state: ProgressState) -> Bool {
        shows(elapsed: state.elapsed, fraction: state.fraction ?? 0)
    }

    /// The same for any work.
    /// - Parameters:
    ///   - elapsed: Time since it began.
    ///   - fraction: Part that is done, 0...1.
    mutating func shows(elapsed: Duration, fraction: Double) -> Bool {
        let sinceLast = elapsed - (lastShown ?? .zero)
        let isDue =
            switch style {
            case .none: false
            case .live: lastShown == nil || sinceLast >= .milliseconds(100)
            case .plain:
                sinceLast >= .seconds(10) && (fraction - lastFraction >= Self.plainStep || sinceLast >= .seconds(60))
            }
        if isDue {
            lastShown = elapsed
            lastFraction = fraction
        }
        return isDue
    }
}

/// Shows the progress of one input.
struct ProgressReporter {
    private let console: Console
    private var pacing: ProgressPacing
    private var state: ProgressState
    private let now: @Sendable () -> ContinuousClock.Instant
    private let began: ContinuousClock.Instant

    init(
        _ state: ProgressState, isQuiet: Bool, console: Console,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.console = console
        self.state = state
        self.now = now
        began = now()
        let width = console.errors.terminalWidth
        pacing = ProgressPacing(style: isQuiet ? .none : width.map { .live(width: $0) } ?? .plain)
    }

    /// Time since the work began.
    var elapsed: Duration { began.duration(to: now()) }

    /// Takes a report, nil for "it begins", and shows it when it is due.
    mutating func update(_ progress: TranscriptionProgress?) {
        state.progress = progress
        state.elapsed = elapsed
        guard pacing.shows(state) else { return }
        switch pacing.style {
        case .live(let width): console.draw(ProgressLine.live(state, width: width))
        case .plain: console.note(ProgressLine.plain(state))
        case .none: break
        }
    }

    /// Takes the live line away.
    func finish() { console.clearLine() }
}
