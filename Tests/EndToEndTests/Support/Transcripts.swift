/// What the tests read of `diarized_json`.
struct DiarizedTranscript: Decodable {
    struct Segment: Decodable {
        let text: String
        let speaker: String
        let start: Double
        let end: Double
    }

    let text: String
    let segments: [Segment]

    var speakers: Set<String> { Set(segments.map(\.speaker)) }
}

/// What the tests read of `verbose_json`.
struct VerboseTranscript: Decodable {
    struct Segment: Decodable {
        let text: String
        let speaker: String?
    }

    let duration: Double
    let text: String
    let segments: [Segment]
}
