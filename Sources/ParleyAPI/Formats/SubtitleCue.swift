import ParleyCore

/// One subtitle: at most two lines that are shown for at most seven seconds.
struct SubtitleCue: Hashable {
    var start: Milliseconds
    var end: Milliseconds
    var speaker: String?
    /// Lines before any escaping.
    var lines: [String]
}

/// Cuts segments into cues that can be read.
///
/// Widths and times follow common subtitle guidelines (42 characters to a line, two lines, seven seconds). Cuts fall
/// between words, at the words' own times. Cues come in order of time and never overlap: where two people speak at
/// once the earlier cue ends when the later begins.
struct SubtitleCues {
    /// Characters to a line; a single longer word stands alone.
    static let lineWidth = 42
    static let maximumLines = 2
    static let maximumMilliseconds = 7_000
    /// Cues are pushed apart by at least this when they would begin together.
    static let minimumMilliseconds = 100

    /// How many characters of the first line a speaker's label takes; 0 where labels take no room.
    var labelWidth: (String) -> Int = { _ in 0 }

    func cues(_ transcript: Transcript) -> [SubtitleCue] {
        let cues = transcript.segments.flatMap(cut)
        let order = cues.indices.sorted { (cues[$0].start, $0) < (cues[$1].start, $1) }
        return separated(order.map { cues[$0] })
    }

    private func cut(_ segment: Segment) -> [SubtitleCue] {
        var cues: [SubtitleCue] = []
        var pending: [Word] = []
        let indent = segment.speaker.map(labelWidth) ?? 0
        for word in words(of: segment) {
            let candidate = pending + [word]
            if !pending.isEmpty, !fits(candidate, indent: indent) {
                cues.append(cue(pending, speaker: segment.speaker, indent: indent))
                pending = [word]
            } else {
                pending = candidate
            }
        }
        if !pending.isEmpty { cues.append(cue(pending, speaker: segment.speaker, indent: indent)) }
        return cues
    }

    private func fits(_ words: [Word], indent: Int) -> Bool {
        guard let first = words.first, let last = words.last else { return true }
        let length = Milliseconds(last.span.endSeconds).value - Milliseconds(first.span.startSeconds).value
        return length <= Self.maximumMilliseconds && wrapped(words, indent: indent).count <= Self.maximumLines
    }

    private func cue(_ words: [Word], speaker: String?, indent: Int) -> SubtitleCue {
        let start = Milliseconds(words.first?.span.startSeconds ?? 0)
        let end = Milliseconds(words.last?.span.endSeconds ?? 0)
        return SubtitleCue(start: start, end: end, speaker: speaker, lines: wrapped(words, indent: indent))
    }

    private func wrapped(_ words: [Word], indent: Int) -> [String] {
        var lines: [String] = []
        for word in words {
            let room = Self.lineWidth - (lines.count == 1 ? indent : 0)
            let text = word.joinsPrevious ? word.text : " " + word.text
            if let line = lines.last, line.count + text.count <= room {
                lines[lines.count - 1] = line + text
            } else {
                lines.append(word.text)
            }
        }
        return lines
    }

    /// The segment's words; for a segment without word times its text, spread over the segment by length.
    private func words(of segment: Segment) -> [Word] {
        let timed = segment.words.compactMap { word -> Word? in
            var word = word
            word.text = word.text.withSingleBlanks
            return word.text.isEmpty ? nil : word
        }
        guard timed.isEmpty else { return timed }
        let texts = segment.text.split(whereSeparator: \.isWhitespace)
        let total = Double(texts.reduce(0) { $0 + $1.count })
        var done = 0.0
        return texts.map { text in
            let start = segment.span.startSeconds + segment.span.durationSeconds * done / total
            done += Double(text.count)
            let end = segment.span.startSeconds + segment.span.durationSeconds * done / total
            return Word(text: String(text), span: TimeSpan(startSeconds: start, endSeconds: end), probability: 1)
        }
    }

    private func separated(_ cues: [SubtitleCue]) -> [SubtitleCue] {
        var result: [SubtitleCue] = []
        for (index, original) in cues.enumerated() {
            var cue = original
            if let previous = result.last { cue.start = max(cue.start, previous.end) }
            let earliestEnd = Milliseconds(value: cue.start.value + Self.minimumMilliseconds)
            if index + 1 < cues.count { cue.end = min(cue.end, cues[index + 1].start) }
            cue.end = min(max(cue.end, earliestEnd), Milliseconds(value: cue.start.value + Self.maximumMilliseconds))
            result.append(cue)
        }
        return result
    }
}
