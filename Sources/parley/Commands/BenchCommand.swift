import Foundation
import ParleyAPI
import ParleyCore
import ParleyPipeline

/// `parley bench stages FILE` and `parley bench decode FILE...`.
enum BenchCommand {
    static let command = Command(
        "bench", operands: "stages FILE | decode FILE...",
        options: [
            .flag("json", "Print JSON"),
            OptionSpec("language", .value("CODE"), short: "l", "Spoken language of `decode`, ISO 639-1"),
            OptionSpec("prompt", .value("TEXT"), "Text before each window of `decode`"),
            OptionSpec(
                "tokens", .value("N"), "Exactly this many tokens per window in `decode`, for networks without sense"),
            .flag("time", "Give `decode` whole recordings and print what they take, not what comes back"),
            .flag("no-words", "Leave the words' times out of `decode`"),
            OptionSpec("clients", .value("N"), default: "1", "Windows of `decode` that are given at the same time"),
        ], settings: .transcribe,
        summary: "Measure what parts of a transcription take and give, for those who work on Parley",
        discussion: [
            """
            `stages` runs the stages one after the other on one thread, then all of them together. The recording is \
            kept in memory. The real-time factor is processor time over the recording's length.
            """,
            """
            `decode` gives the first 30 seconds of each file to the recogniser as one window and prints a line of \
            JSON with everything that came back: what tests of parity compare.
            """,
        ]
    ) { invocation in
        let operands = invocation.arguments.operands
        switch operands.first {
        case "stages" where operands.count == 2: return try await measureStages(of: operands[1], invocation)
        case "decode" where operands.count > 1:
            return try await DecodeBench(invocation).run(Array(operands.dropFirst()))
        default: throw UsageError("bench needs: stages FILE, or decode FILE...")
        }
    }

    private static func measureStages(of path: String, _ invocation: Invocation) async throws -> ExitCode {
        var settings = invocation.settings
        settings.models.threads = 1
        settings.models.decoders = 1
        var options = TranscriptionOptions()
        options.speechDetection = settings.speechDetection
        options.decoding = settings.decoding
        options.diarization = settings.diarization.isDefault ? DiarizationOptions() : nil
        let name = (path as NSString).lastPathComponent
        let measurement = StageMeasurement(parts: try await invocation.composition.parts(settings))
        let costs = try await measurement.measure(AudioInput(path: path, displayName: name), options: options)
        let report = StageReport(recordingName: name, costs: costs)
        if invocation.arguments.flag("json") {
            try invocation.printJSON(report.json)
        } else {
            try invocation.console.print(report.text)
        }
        return .success
    }
}

/// The costs of a recording's stages, as text and as JSON.
struct StageReport: Sendable {
    let recordingName: String
    let costs: [StageCost]

    /// Length of the recording.
    private var seconds: Double { costs.last?.audioSeconds ?? 0 }

    private func realTimeFactor(_ cost: StageCost) -> Double { seconds > 0 ? cost.cpuSeconds / seconds : 0 }

    var json: JSONValue {
        [
            "recording": .string(recordingName), "seconds": .double(seconds),
            "stages": .array(
                costs.map { cost in
                    [
                        "stage": .string(cost.stage.rawValue), "audio_seconds": .double(cost.audioSeconds),
                        "cpu_seconds": .double(cost.cpuSeconds), "wall_seconds": .double(cost.wallSeconds),
                        "rtf": .double(realTimeFactor(cost)),
                    ]
                }),
        ]
    }

    var text: String {
        func row(_ cells: [String]) -> String {
            let numbers = cells.dropFirst().map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }
            return (cells.prefix(1).map { $0.padding(to: 18) } + numbers).joined() + "\n"
        }
        let rows = costs.map { cost in
            row([
                cost.stage.rawValue, String(format: "%.1f", cost.audioSeconds),
                String(format: "%.3f", cost.cpuSeconds), String(format: "%.4f", realTimeFactor(cost)),
            ])
        }
        return row(["stage", "audio s", "CPU s", "RTF"]) + rows.joined()
    }
}
