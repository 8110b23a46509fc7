import ParleyCore
import ParleyHTTP

/// A transcription as server-sent events.
///
/// `transcript.text.delta` for each segment, `transcript.text.segment` too in `diarized_json`, and
/// `transcript.text.done` once at the end, whose text is the deltas joined. An error ends the stream with a frame
/// `{"error": ...}`.
struct TranscriptEventStream: Sendable {
    let work: RunningTranscription
    let format: TranscriptFormat
    /// Whether speakers are told apart, so that deltas name their segments.
    let isDiarized: Bool
    let rendering: RenderingOptions
    let keepAliveInterval: Duration
    let errorFrame: @Sendable (any Error) -> JSONValue

    private enum News: Sendable {
        case event(TranscriptionEvent?)
        case failure(any Error)
        case silence
    }

    /// Writes everything.
    /// - Throws: when the client has gone or the task is cancelled; the transcription's own errors are written.
    func run(startingWith first: TranscriptionEvent, to writer: HTTPBodyWriter) async throws {
        var script = TranscriptEventScript(format: format, isDiarized: isDiarized, rendering: rendering)
        if try await write(script.frames(for: first), to: writer) { return }
        try await withThrowingTaskGroup(of: News.self) { group in
            defer { group.cancelAll() }
            group.addTask { await next() }
            group.addTask { try await silence() }
            while let news = try await group.next() {
                switch news {
                case .event(let event?):
                    if try await write(script.frames(for: event), to: writer) { return }
                    group.addTask { await next() }
                case .event(nil):
                    return try await fail(IncompleteTranscription(), writer)
                case .failure(let error):
                    return try await fail(error, writer)
                case .silence:
                    try await writer.write(Array(": keep-alive\n\n".utf8))
                    group.addTask { try await silence() }
                }
            }
        }
    }

    private func next() async -> News {
        do { return .event(try await work.next()) } catch { return .failure(error) }
    }

    private func silence() async throws -> News {
        try await Task.sleep(for: keepAliveInterval)
        return .silence
    }

    /// Returns whether the last frame was among them.
    private func write(_ frames: TranscriptEventScript.Frames, to writer: HTTPBodyWriter) async throws -> Bool {
        for value in frames.values { try await writer.write(Self.frame(value)) }
        return frames.isLast
    }

    private func fail(_ error: any Error, _ writer: HTTPBodyWriter) async throws {
        try Task.checkCancellation()
        try await writer.write(Self.frame(errorFrame(error)))
    }

    private static func frame(_ value: JSONValue) -> [UInt8] { Array("data: \(value.text)\n\n".utf8) }
}

/// Which events a stream has to send; no I/O.
struct TranscriptEventScript {
    /// What to send for one step of the work.
    struct Frames {
        var values: [JSONValue] = []
        var isLast = false
    }

    let format: TranscriptFormat
    let isDiarized: Bool
    let rendering: RenderingOptions
    private var text = ""
    private var segmentCount = 0

    init(format: TranscriptFormat, isDiarized: Bool, rendering: RenderingOptions) {
        self.format = format
        self.isDiarized = isDiarized
        self.rendering = rendering
    }

    mutating func frames(for event: TranscriptionEvent) -> Frames {
        switch event {
        case .progress: return Frames()
        case .segment(let segment): return Frames(values: values(for: segment))
        case .finished(let transcript):
            // A transcriber may keep segments back until the end.
            let late = transcript.segments.dropFirst(segmentCount).flatMap { values(for: $0) }
            return Frames(values: late + [done(transcript)], isLast: true)
        }
    }

    private mutating func values(for segment: Segment) -> [JSONValue] {
        let isFirst = segmentCount == 0
        segmentCount += 1
        let delta = isFirst ? segment.text : " " + segment.text
        text += delta
        let event = JSONValue.members([
            ("type", "transcript.text.delta"),
            ("delta", .string(delta)),
            ("segment_id", isDiarized ? .string(DiarizedJSONFormat.segmentID(segment)) : nil),
            (
                "logprobs",
                rendering.includesLogProbabilities
                    ? .array(LogProbabilities.values(segment, isFirst: isFirst)) : nil
            ),
        ])
        return format == .diarizedJSON ? [event, DiarizedJSONFormat.segment(segment)] : [event]
    }

    private func done(_ transcript: Transcript) -> JSONValue {
        .members([
            ("type", "transcript.text.done"),
            ("text", .string(text)),
            ("logprobs", rendering.includesLogProbabilities ? LogProbabilities.values(transcript) : nil),
            (
                "usage",
                Usage.value(transcript, kind: .tokens, promptWordCount: rendering.promptWordCount)
            ),
        ])
    }
}
