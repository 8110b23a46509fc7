import Foundation
import ParleyAPI
import ParleyCore
import ParleyScoring

/// The figures of `parley score`, as a table and as JSON.
struct ScoreReport: Sendable {
    /// The figures of one recording; nil for what was not asked for.
    struct Row: Sendable {
        let recording: String
        var diarization: DiarizationScore?
        var text: TextScore?
    }

    private let request: ScoreRequest
    private(set) var rows: [Row] = []
    /// What was left out or is missing, in plain sentences.
    private(set) var warnings: [String] = []

    init(_ request: ScoreRequest) throws {
        self.request = request
        if !request.references.isEmpty { try scoreTurns() }
        if !request.texts.isEmpty { try scoreTexts() }
        rows.sort { $0.recording < $1.recording }
    }

    private mutating func scoreTurns() throws {
        let reference = try ScoringFiles.turns(request.references)
        let hypothesis = try ScoringFiles.turns(request.hypotheses)
        let regions = try request.regions.map(ScoringFiles.regions)
        // A recording in which nobody speaks has no line in the RTTM, but its region.
        let known = Set(reference.keys).union(regions.map { Set($0.keys) } ?? [])
        let pairs = try RecordingPairs(reference: known, hypothesis: hypothesis.keys)
        warn(pairs, about: "turns")
        for (recording, answer) in pairs.pairs {
            if let regions, regions[recording] == nil {
                warnings.append("\(recording) is left out: the UEM does not name it")
                continue
            }
            let score = try request.diarization.score(
                reference: reference[recording] ?? [], hypothesis: answer.flatMap { hypothesis[$0] } ?? [],
                regions: regions?[recording])
            rows.append(Row(recording: recording, diarization: score))
        }
        guard !rows.isEmpty else { throw ScoringError(.nothingToScore, "the UEM names no recording of the reference") }
    }

    private mutating func scoreTexts() throws {
        let reference = try ScoringFiles.referenceTexts(request.referenceTexts)
        let hypothesis = try ScoringFiles.texts(request.texts)
        let pairs = try RecordingPairs(reference: reference.keys, hypothesis: hypothesis.keys)
        warn(pairs, about: "text")
        for (recording, answer) in pairs.pairs {
            let score = try request.words.score(
                reference: reference[recording] ?? [], hypothesis: answer.flatMap { hypothesis[$0] } ?? [])
            if let index = rows.firstIndex(where: { $0.recording == recording }) {
                rows[index].text = score
            } else {
                rows.append(Row(recording: recording, text: score))
            }
        }
    }

    private mutating func warn(_ pairs: RecordingPairs, about what: String) {
        for (recording, answer) in pairs.pairs where answer == nil {
            warnings.append("\(recording) has no \(what) in the hypothesis: all of it counts as missed")
        }
        for recording in pairs.unknown {
            warnings.append("\(recording) is not scored: the reference has no \(what) of it")
        }
    }

    private var diarizations: [DiarizationScore] { rows.compactMap(\.diarization) }

    private var textErrors: WordErrors? {
        let texts = rows.compactMap(\.text)
        return texts.isEmpty ? nil : texts.reduce(WordErrors()) { $0 + $1.errors }
    }
}

// MARK: - for people

extension ScoreReport {
    /// A row for each recording and one for all of them.
    var table: String {
        var lines = rows.map { row in
            cells(row.recording.safeForTerminals, row.diarization.map { [$0] } ?? [], row.text?.errors)
        }
        if rows.count > 1 { lines.append(cells("all \(rows.count) recordings", diarizations, textErrors)) }
        return TextTable(heads: heads, rows: lines).text
    }

    private var heads: [String] {
        var heads = ["recording"]
        if !diarizations.isEmpty {
            heads += ["DER", "miss", "false alarm", "confusion", "JER", "speakers", "found"]
        }
        if textErrors != nil { heads += ["cpWER", "words", "ins", "del", "sub"] }
        return heads
    }

    private func cells(_ name: String, _ scores: [DiarizationScore], _ text: WordErrors?) -> [String] {
        var cells = [name]
        if !diarizations.isEmpty { cells += scores.isEmpty ? Array(repeating: "", count: 7) : Self.cells(scores) }
        if textErrors != nil {
            cells +=
                text.map { errors in
                    [
                        errors.rate.map(Self.percent) ?? "-", "\(errors.referenceWordCount)", "\(errors.insertions)",
                        "\(errors.deletions)", "\(errors.substitutions)",
                    ]
                } ?? Array(repeating: "", count: 5)
        }
        return cells
    }

    private static func cells(_ scores: [DiarizationScore]) -> [String] {
        let errors = scores.summedErrors
        let parts = [errors.missSeconds, errors.falseAlarmSeconds, errors.confusionSeconds]
        return [percent(errors.rate)]
            + parts.map { errors.totalSeconds > 0 ? percent($0 / errors.totalSeconds) : "-" }
            + [percent(scores.jaccardErrorRate)]
            + [
                "\(scores.reduce(0) { $0 + $1.speakers.count { $0.reference != nil } })",
                "\(scores.reduce(0) { $0 + $1.speakers.count { $0.hypothesis != nil } })",
            ]
    }

    private static func percent(_ rate: Double) -> String { String(format: "%.2f%%", 100 * rate) }
}

// MARK: - for programs

extension ScoreReport {
    /// All figures, those of each speaker included.
    var json: JSONValue {
        .object(
            members([
                ("collar_seconds", .double(request.diarization.collarSeconds)),
                ("skip_overlap", .bool(request.diarization.skipsOverlap)),
                ("normalization", .string(request.words.normalization.rawValue)),
                ("diarization", diarizations.isEmpty ? nil : Self.json(diarizations)),
                ("text", textErrors.map { .object(Self.json($0)) }),
                ("recordings", .array(rows.map(json))),
            ]))
    }

    private func json(_ row: Row) -> JSONValue {
        .object(
            members([
                ("recording", .string(row.recording)), ("diarization", row.diarization.map { Self.json([$0]) }),
                ("speakers", row.diarization.map { .array($0.speakers.map(Self.json)) }),
                ("text", row.text.map { .object(Self.json($0.errors)) }),
                ("text_speakers", row.text.map { .array($0.speakers.map(Self.json)) }),
            ]))
    }

    private func members(_ values: [(String, JSONValue?)]) -> [JSONValue.Member] {
        values.compactMap { name, value in value.map { JSONValue.Member(name, $0) } }
    }

    private static func json(_ scores: [DiarizationScore]) -> JSONValue {
        let errors = scores.summedErrors
        return [
            "der": .double(errors.rate), "jer": .double(scores.jaccardErrorRate),
            "scored_seconds": .double(scores.reduce(0) { $0 + $1.scoredSeconds }),
            "total_seconds": .double(errors.totalSeconds), "correct_seconds": .double(errors.correctSeconds),
            "miss_seconds": .double(errors.missSeconds), "false_alarm_seconds": .double(errors.falseAlarmSeconds),
            "confusion_seconds": .double(errors.confusionSeconds),
        ]
    }

    private static func json(_ speaker: DiarizationScore.Speaker) -> JSONValue {
        [
            "reference": name(speaker.reference), "hypothesis": name(speaker.hypothesis),
            "reference_seconds": .double(speaker.referenceSeconds),
            "hypothesis_seconds": .double(speaker.hypothesisSeconds), "shared_seconds": .double(speaker.sharedSeconds),
            "jer": speaker.jaccardErrorRate.map { .double($0) } ?? .null,
        ]
    }

    private static func json(_ speaker: TextScore.Speaker) -> JSONValue {
        .object(
            [
                JSONValue.Member("reference", name(speaker.reference)),
                JSONValue.Member("hypothesis", name(speaker.hypothesis)),
            ] + json(speaker.errors))
    }

    private static func json(_ errors: WordErrors) -> [JSONValue.Member] {
        [
            JSONValue.Member("cpwer", errors.rate.map { .double($0) } ?? .null),
            JSONValue.Member("words", .int(errors.referenceWordCount)),
            JSONValue.Member("errors", .int(errors.count)), JSONValue.Member("insertions", .int(errors.insertions)),
            JSONValue.Member("deletions", .int(errors.deletions)),
            JSONValue.Member("substitutions", .int(errors.substitutions)),
        ]
    }

    private static func name(_ name: String?) -> JSONValue { name.map { .string($0) } ?? .null }
}
