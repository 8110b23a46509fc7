public import ParleyCore

/// Reads speaker turns from Rich Transcription Time Marked files (NIST RT-09 evaluation plan, appendix A).
///
/// `SPEAKER recording channel start length <NA> <NA> speaker <NA> <NA>`; times in seconds, channels are not told apart.
public enum RTTMReader {
    /// Types of lines that the format has beside `SPEAKER`; they are passed over.
    private static let otherTypes: Set<String> = [
        "SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER", "EDIT", "IP", "SU", "CB",
        "A/P", "SPKR-INFO",
    ]

    /// The turns by recording.
    /// - Throws: ``ScoringError`` with the line.
    public static func turns(of file: AnnotationFile) throws(ScoringError) -> [String: [SpeakerTurn]] {
        var turns: [String: [SpeakerTurn]] = [:]
        try file.forEachLine { line throws(ScoringError) in
            guard line.fields[0] == "SPEAKER" else {
                guard otherTypes.contains(line.fields[0]) else {
                    throw line.error(.malformed, "this is no line of RTTM: it does not begin with SPEAKER")
                }
                return
            }
            try line.expect(8, of: "a SPEAKER line")
            let start = try line.seconds(3, "start")
            let length = try line.seconds(4, "length")
            let span = TimeSpan(startSeconds: start, endSeconds: start + length)
            turns[line.fields[1], default: []].append(SpeakerTurn(span: span, speaker: line.fields[7]))
        }
        return turns
    }
}
