import ParleyCore

/// The text of a progress report: a pure function of what is known and the room there is.
enum ProgressLine {
    /// The live line of a terminal, never wider than `width` less one column (a full line would wrap).
    static func live(_ state: ProgressState, width: Int) -> String {
        live(
            title: title(state.name, index: state.index, count: state.count), stage: state.stageText,
            fraction: state.fraction, figures: figures(state), width: width)
    }

    /// The live line of any work.
    static func live(title: String, stage: String, fraction: Double?, figures: [String], width: Int) -> String {
        let room = max(0, width - 1)
        // What matters least goes first when there is little room.
        let tails = [figures, Array(figures.prefix(2)), Array(figures.prefix(1)), []]
        for tail in tails {
            let text = (["\(title)  \(stage)"] + tail).joined(separator: "  ")
            let barRoom = room - text.count - 2
            if let fraction, barRoom >= 12 {
                let head = "\(title)  \(stage)  \(bar(fraction, width: min(32, barRoom)))"
                return ([head] + tail).joined(separator: "  ")
            }
            if text.count <= room { return text }
        }
        return String(stage.prefix(room))
    }

    /// A line for a log or a pipe.
    static func plain(_ state: ProgressState) -> String {
        (["\(title(state.name, index: state.index, count: state.count)): \(state.stageText)"] + figures(state)).joined(
            separator: ", ")
    }

    private static func title(_ name: String, index: Int, count: Int) -> String {
        let longest = 28
        let name = name.count <= longest ? name : "..." + name.suffix(longest - 3)
        return count > 1 ? "[\(index)/\(count)] \(name)" : name
    }

    /// Audio done of total, percent, speed, time left: what is known of them.
    private static func figures(_ state: ProgressState) -> [String] {
        guard let progress = state.progress, progress.stage != .queued else { return [] }
        var figures = [ClockText.short(progress.processedSeconds)]
        if let total = progress.totalSeconds, let fraction = state.fraction {
            figures[0] += " / \(ClockText.short(total))"
            figures.append("\(Int(fraction * 100))%")
        }
        if let speed = state.speed { figures.append("\(NumberText.fixed(speed, speed < 10 ? 1 : 0))x") }
        if let left = state.secondsLeft { figures.append("\(ClockText.short(left)) left") }
        return figures
    }

    private static func bar(_ fraction: Double, width: Int) -> String {
        let cells = max(1, width - 2)
        let filled = Int((Double(cells) * fraction).rounded(.down))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: cells - filled) + "]"
    }
}
