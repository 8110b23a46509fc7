import ParleyCore

/// What was done with one input, in numbers.
struct TranscriptionSummary: Sendable, Hashable {
    let audioSeconds: Double
    let processingSeconds: Double
    /// nil without recognition.
    let wordCount: Int?
    /// nil without diarization.
    let speakerCount: Int?
    /// Seconds of detected speech that no answer covers.
    let undecodedSeconds: Double
    let warnings: [String]

    init(_ transcript: Transcript, processing: Duration, isDiarized: Bool) {
        audioSeconds = transcript.durationSeconds
        processingSeconds = processing.inSeconds
        wordCount = transcript.segments.reduce(0) { $0 + $1.words.count }
        speakerCount = isDiarized ? transcript.speakers.count : nil
        undecodedSeconds = max(0, transcript.coverage.detectedSeconds - transcript.coverage.decodedSeconds)
        warnings = transcript.warnings
    }

    init(_ diarization: Diarization, processing: Duration) {
        audioSeconds = diarization.durationSeconds
        processingSeconds = processing.inSeconds
        wordCount = nil
        speakerCount = diarization.speakers.count
        undecodedSeconds = 0
        warnings = []
    }

    /// Processing time over audio time; nil without audio.
    var realTimeFactor: Double? { audioSeconds > 0 ? processingSeconds / audioSeconds : nil }

    /// Lines for standard error.
    func lines(name: String) -> [String] {
        var parts = ["\(ClockText.short(audioSeconds)) of audio in \(Self.workTime(processingSeconds))"]
        if let realTimeFactor { parts.append("real-time factor \(NumberText.fixed(realTimeFactor, 3))") }
        if let speakerCount { parts.append(NumberText.counted(speakerCount, "speaker")) }
        if let wordCount { parts.append(NumberText.counted(wordCount, "word")) }
        var lines = ["\(name): " + parts.joined(separator: ", ")]
        // Frame rounding alone makes up to a tenth of a second.
        if undecodedSeconds >= 0.1 {
            lines.append(
                "\(name): warning: \(NumberText.fixed(undecodedSeconds, 1)) s of detected speech were not decoded")
        }
        return lines + warnings.map { "\(name): warning: \($0)" }
    }

    /// The line that ends a run over several inputs.
    static func total(_ summaries: [TranscriptionSummary], failed: Int, verb: String) -> String {
        let audio = summaries.reduce(0) { $0 + $1.audioSeconds }
        let work = summaries.reduce(0) { $0 + $1.processingSeconds }
        var text = "\(NumberText.counted(summaries.count, "input")) \(verb), \(failed) failed"
        if audio > 0 {
            text += "; \(ClockText.short(audio)) of audio in \(workTime(work)), "
            text += "real-time factor \(NumberText.fixed(work / audio, 3))"
        }
        return text
    }

    private static func workTime(_ seconds: Double) -> String {
        seconds < 60 ? "\(NumberText.fixed(seconds, 1)) s" : ClockText.short(seconds)
    }
}
