import ParleyAPI
import ParleyCore

/// A form in which `parley transcribe` writes a transcript.
enum OutputFormat: Sendable, Hashable {
    /// For people at a terminal.
    case pretty
    /// One of the API's forms.
    case api(TranscriptFormat)

    static let all: [OutputFormat] = [.pretty] + TranscriptFormat.allCases.map { .api($0) }

    /// The name after `--format`.
    var name: String {
        switch self {
        case .pretty: "pretty"
        case .api(let format): format.rawValue
        }
    }

    /// What a file of this form is called after the dot.
    var fileExtension: String {
        switch self {
        case .pretty: "pretty.txt"
        case .api(let format): format.fileExtension
        }
    }

    /// Whether documents can follow each other on one output without a heading: JSON stays one document on each
    /// line, and lines of RTTM name their recording.
    var describesItself: Bool {
        switch self {
        case .api(.json), .api(.verboseJSON), .api(.diarizedJSON), .api(.rttm): true
        case .pretty, .api(.text), .api(.srt), .api(.vtt), .api(.tsv): false
        }
    }

    /// The format with a name.
    static func named(_ name: String) throws(UsageError) -> OutputFormat {
        guard let format = all.first(where: { $0.name == name.lowercased() }) else {
            throw .unknown("format", name, among: all.map(\.name))
        }
        return format
    }

    /// The document, ending in a line break.
    /// - Parameters:
    ///   - options: What the recording is called inside the document, and what it shows.
    ///   - width: Columns to wrap at; nil does not wrap.
    func render(_ transcript: Transcript, options: RenderingOptions, width: Int?) -> String {
        let text: String
        switch self {
        case .pretty: text = PrettyTranscript(width: width, showsSpeakers: options.showsSpeakers).text(transcript)
        case .api(let format): text = format.render(transcript, options: options)
        }
        return text.hasSuffix("\n") ? text : text + "\n"
    }
}
