import ParleyCore

/// `srt`: numbered cues, times with a comma, speakers as `Name: `.
enum SubRipFormat {
    static func document(_ transcript: Transcript) -> String {
        let cues = SubtitleCues(labelWidth: { label($0).count }).cues(transcript)
        return cues.enumerated().map { index, cue in
            let text = (cue.speaker.map(label) ?? "") + cue.lines.joined(separator: "\n")
            let times = "\(cue.start.clock(mark: ",")) --> \(cue.end.clock(mark: ","))"
            return "\(index + 1)\n\(times)\n\(withoutArrows(text))\n\n"
        }.joined()
    }

    private static func label(_ speaker: String) -> String { speaker.withSingleBlanks + ": " }

    /// The format has no escapes, and readers look for the arrow of the time line.
    private static func withoutArrows(_ text: String) -> String { text.replacing("-->", with: "->") }
}

/// `vtt`: the header, times with a dot and always with hours, speakers as voice spans.
enum WebVTTFormat {
    static func document(_ transcript: Transcript) -> String {
        SubtitleCues().cues(transcript).reduce(into: "WEBVTT\n\n") { text, cue in
            text += "\(cue.start.clock(mark: ".")) --> \(cue.end.clock(mark: "."))\n"
            if let speaker = cue.speaker { text += "<v \(escaped(speaker.withSingleBlanks))>" }
            text += cue.lines.map(escaped).joined(separator: "\n") + "\n\n"
        }
    }

    /// `&`, `<` and `>` start markup, and with them goes the arrow that would end a cue (WebVTT, section 4.2.2).
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
