import Foundation
import ParleyCore
import ParleyScoring

/// `parley score --reference X.rttm HYP.rttm`.
enum ScoreCommand {
    static let command = Command(
        "score", operands: "[HYP.rttm...]",
        options: [
            OptionSpec("reference", .value("X.rttm"), isRepeatable: true, "Who really spoke when (RTTM)"),
            OptionSpec(
                "uem", .value("FILE"), "Regions that are scored (UEM); recordings it does not name are left out"),
            OptionSpec(
                "collar", .value("S"), default: "0",
                "Seconds left out on each side of each boundary of the reference, as NIST's 0.25"),
            .flag("skip-overlap", "Leave out where the reference has several speakers at once"),
            OptionSpec("reference-text", .value("R.stm"), isRepeatable: true, "What was really said by whom (STM)"),
            OptionSpec(
                "text", .value("H.json"), isRepeatable: true,
                "The text to be scored: JSON with segments and speakers, SegLST or STM"),
            OptionSpec(
                "normalize", .value("NAME"), default: TextNormalization.none.rawValue,
                "Before words are compared: \(TextNormalization.allCases.map(\.rawValue).joined(separator: " or "))"),
            .flag("json", "Print JSON with the figures of each speaker"),
        ],
        summary: "Score who spoke when, and what, against a known truth",
        discussion: [
            """
            DER is the share of speaker time that is missed, falsely found or given to the wrong speaker, after the best \
            one-to-one pairing of names; JER is the mean over speakers of one minus shared over united time. cpWER \
            is the word error rate of all that each speaker says, for the best pairing of speakers; it needs \
            --reference-text and --text.
            """,
            """
            --collar is counted as NIST's md-eval does: 0.25 leaves out half a second around each boundary, which \
            pyannote.metrics calls a collar of 0.5. Recordings are matched by the id that the files have; one recording \
            on each side is taken for the same. --text is named after its recording when it holds no id. The \
            normalization "basic" writes words in lower case and removes . , ? and !
            """,
        ]
    ) { invocation in
        let request = try ScoreRequest(invocation.arguments)
        let report = try await BlockingLane(name: "score").run { () throws -> ScoreReport in
            try ScoreReport(request)
        }
        for warning in report.warnings { invocation.console.note("parley: \(warning.safeForTerminals)") }
        if invocation.arguments.flag("json") {
            try invocation.printJSON(report.json)
        } else {
            try invocation.console.print(report.table)
        }
        return .success
    }
}

/// What the command line of `parley score` asks for, checked.
struct ScoreRequest: Sendable {
    let references: [String]
    let hypotheses: [String]
    let regions: String?
    let referenceTexts: [String]
    let texts: [String]
    let diarization: DiarizationScorer
    let words: TextScorer

    init(_ arguments: ParsedArguments) throws(UsageError) {
        references = arguments.values["reference"] ?? []
        hypotheses = arguments.operands
        regions = arguments.value("uem")
        referenceTexts = arguments.values["reference-text"] ?? []
        texts = arguments.values["text"] ?? []
        guard references.isEmpty == hypotheses.isEmpty else {
            throw UsageError("score needs both --reference X.rttm and HYP.rttm")
        }
        guard referenceTexts.isEmpty == texts.isEmpty else {
            throw UsageError("score needs both --reference-text R.stm and --text H.json")
        }
        guard !references.isEmpty || !texts.isEmpty else {
            throw UsageError("score needs --reference X.rttm HYP.rttm, or --reference-text R.stm --text H.json")
        }
        if regions != nil, references.isEmpty { throw UsageError("--uem needs --reference X.rttm HYP.rttm") }
        diarization = DiarizationScorer(
            collarSeconds: try Self.collar(arguments), skipsOverlap: arguments.flag("skip-overlap"))
        let name = arguments.value("normalize") ?? TextNormalization.none.rawValue
        guard let normalization = TextNormalization(rawValue: name) else {
            throw .unknown("normalization", name, among: TextNormalization.allCases.map(\.rawValue))
        }
        words = TextScorer(normalization: normalization)
    }

    private static func collar(_ arguments: ParsedArguments) throws(UsageError) -> Double {
        guard let text = arguments.value("collar") else { return 0 }
        guard let seconds = Double(text), (0...10).contains(seconds) else {
            throw UsageError("--collar takes seconds from 0 to 10, not '\(text)'")
        }
        return seconds
    }
}
