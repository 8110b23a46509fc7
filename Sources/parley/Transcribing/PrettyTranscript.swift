import ParleyCore

/// A transcript for people: `[00:12.3 - 00:15.9] A: text`, wrapped under the text's first column.
struct PrettyTranscript: Sendable {
    /// Columns to wrap at; nil does not wrap.
    var width: Int?
    /// Whether speakers that are known are named.
    var showsSpeakers = true

    func text(_ transcript: Transcript) -> String {
        guard !transcript.segments.isEmpty else { return "(no speech)\n" }
        let withHours = transcript.durationSeconds >= 3_600
        return transcript.segments.map { segment in
            let start = ClockText.precise(segment.span.startSeconds, withHours: withHours)
            let end = ClockText.precise(segment.span.endSeconds, withHours: withHours)
            let speaker = segment.speaker.flatMap { showsSpeakers ? "\($0): " : nil } ?? ""
            return line(head: "[\(start) - \(end)] \(speaker)", text: segment.text)
        }.joined()
    }

    private func line(head: String, text: String) -> String {
        guard let width, width - head.count >= 20 else { return head + text + "\n" }
        let margin = String(repeating: " ", count: head.count)
        let lines = WordWrap.lines(text, width: width - head.count)
        return head + lines.joined(separator: "\n" + margin) + "\n"
    }
}
