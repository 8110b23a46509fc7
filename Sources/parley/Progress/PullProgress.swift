import ParleyHub

/// What is known of a pull at a moment.
struct PullState: Sendable, Hashable {
    /// Id of the model.
    var id: String
    /// Bytes of all files; 0 before they are known.
    var byteCount = 0
    /// Bytes that are there.
    var presentByteCount = 0
    /// Bytes that were there when it began.
    var startByteCount = 0
    /// Time since it began.
    var elapsed = Duration.zero

    /// Part that is done, 0...1; nil while the length is unknown.
    var fraction: Double? { byteCount > 0 ? min(1, Double(presentByteCount) / Double(byteCount)) : nil }

    /// Bytes a second; nil before it means something.
    var bytesPerSecond: Double? {
        let received = presentByteCount - startByteCount
        guard received > 0, elapsed >= .milliseconds(500) else { return nil }
        return Double(received) / elapsed.inSeconds
    }

    /// Bytes done of total, percent, speed, time left: what is known of them.
    var figures: [String] {
        guard let fraction else { return [] }
        var figures = [
            "\(ByteCount.rounded(presentByteCount)) / \(ByteCount.rounded(byteCount))", "\(Int(fraction * 100))%",
        ]
        if let bytesPerSecond {
            figures.append("\(ByteCount.rounded(Int(bytesPerSecond)))/s")
            let left = Double(byteCount - presentByteCount) / bytesPerSecond
            if left > 0 { figures.append("\(ClockText.short(left)) left") }
        }
        return figures
    }

    /// The line of a terminal.
    func live(width: Int) -> String {
        ProgressLine.live(title: id, stage: "pulling", fraction: fraction, figures: figures, width: width)
    }

    /// A line for a log or a pipe.
    var plain: String { (["\(id): pulling"] + figures).joined(separator: ", ") }
}

/// Shows the progress of a pull.
struct PullReporter {
    private let console: Console
    private let isQuiet: Bool
    private var pacing: ProgressPacing
    private var state: PullState
    private let now: @Sendable () -> ContinuousClock.Instant
    private let began: ContinuousClock.Instant

    init(
        _ id: String, isQuiet: Bool, console: Console,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.console = console
        self.isQuiet = isQuiet
        self.now = now
        began = now()
        state = PullState(id: id)
        let width = console.errors.terminalWidth
        pacing = ProgressPacing(style: isQuiet ? .none : width.map { .live(width: $0) } ?? .plain)
    }

    /// Takes what happens and shows what is due.
    mutating func take(_ event: PullEvent) {
        switch event {
        case .waitingForOther: note("another parley works on \(state.id); waiting for it")
        case .planned(let fileCount, let byteCount, let present):
            (state.byteCount, state.presentByteCount, state.startByteCount) = (byteCount, present, present)
            let there = present > 0 ? ", \(ByteCount.rounded(present)) of them are there" : ""
            note("\(state.id): \(NumberText.counted(fileCount, "file")), \(ByteCount.rounded(byteCount))\(there)")
        case .received(let byteCount, _):
            state.presentByteCount = byteCount
            show()
        case .retrying(let reason, let delay):
            note("\(reason); trying again in \(TimeText.text(delay))")
        }
    }

    private mutating func show() {
        state.elapsed = began.duration(to: now())
        guard pacing.shows(elapsed: state.elapsed, fraction: state.fraction ?? 0) else { return }
        switch pacing.style {
        case .live(let width): console.draw(state.live(width: width))
        case .plain: console.note(state.plain)
        case .none: break
        }
    }

    private func note(_ text: String) {
        if !isQuiet { console.note("parley: \(text)") }
    }
}
