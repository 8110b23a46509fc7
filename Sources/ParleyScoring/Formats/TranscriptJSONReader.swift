import Foundation

/// Reads what was said from JSON: Parley's own transcripts and the segments that meeteval exchanges.
///
/// - `{"segments": [{"speaker", "start", "end", "text"}]}`: `diarized_json`, `verbose_json` and what many programs
///   write; one recording, named after the file.
/// - `[{"session_id", "speaker", "start_time", "end_time", "words"}]`: meeteval's SegLST, any number of recordings.
///
/// Segments without a speaker belong to one nameless speaker.
public enum TranscriptJSONReader {
    /// The turns by recording, in the order of the file.
    /// - Parameter recording: The recording of segments that name none.
    /// - Throws: ``ScoringError`` with the number of the segment in the place of the line.
    public static func turns(
        of file: AnnotationFile, recording: String
    ) throws(ScoringError) -> [String: [SpokenTurn]] {
        let segments = try segments(of: file)
        guard segments.count <= AnnotationFile.entryLimit else {
            throw ScoringError(
                .tooLarge, "more than \(AnnotationFile.entryLimit) segments are not scored", fileName: file.name)
        }
        var turns: [String: [SpokenTurn]] = [recording: []]
        for (index, segment) in segments.enumerated() {
            guard let text = segment.text else {
                throw ScoringError(.malformed, "a segment without a text", fileName: file.name, line: index + 1)
            }
            let start = segment.startSeconds ?? 0
            guard start >= 0, start <= AnnotationFile.timeLimitSeconds else {
                throw ScoringError(
                    .badTime, "a segment's start is no number of seconds from 0 to 10000000", fileName: file.name,
                    line: index + 1)
            }
            turns[segment.recording ?? recording, default: []].append(
                SpokenTurn(speaker: segment.speaker ?? "", startSeconds: start, text: text))
        }
        if turns.count > 1, turns[recording]?.isEmpty == true { turns[recording] = nil }
        return turns
    }

    private static func segments(of file: AnnotationFile) throws(ScoringError) -> [Segment] {
        let data = Data(file.text.utf8)
        do {
            let decoder = JSONDecoder()
            if file.text.utf8.first(where: { $0 > 0x20 }) == UInt8(ascii: "[") {
                return try decoder.decode([Segment].self, from: data)
            }
            return try decoder.decode(Transcript.self, from: data).segments
        } catch DecodingError.keyNotFound {
            throw ScoringError(.malformed, "this JSON has no segments", fileName: file.name)
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let index = context.codingPath.compactMap(\.intValue).first
            throw ScoringError(
                .malformed, "a segment of an unknown form", fileName: file.name, line: index.map { $0 + 1 })
        } catch {
            throw ScoringError(.notText, "this is no JSON", fileName: file.name)
        }
    }

    private struct Transcript: Decodable {
        var segments: [Segment]
    }

    /// A segment of either form.
    private struct Segment: Decodable {
        var recording: String?
        var speaker: String?
        var startSeconds: Double?
        var text: String?

        enum Key: String, CodingKey {
            case recording = "session_id"
            case speaker, start, text, words
            case startTime = "start_time"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            recording = try values.decodeIfPresent(String.self, forKey: .recording)
            if let number = try? values.decode(Int.self, forKey: .speaker) {
                speaker = String(number)
            } else {
                speaker = try values.decodeIfPresent(String.self, forKey: .speaker)
            }
            startSeconds =
                try values.decodeIfPresent(Double.self, forKey: .startTime)
                ?? values.decodeIfPresent(Double.self, forKey: .start)
            // Other programs have a list of words with times beside the text.
            text = try values.decodeIfPresent(String.self, forKey: .text)
            if text == nil { text = try values.decodeIfPresent(String.self, forKey: .words) }
        }
    }
}
