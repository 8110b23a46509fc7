import Foundation
import ParleyAPI
import ParleyCore
import ParleyPipeline

/// `parley bench stages FILE`.
enum BenchCommand {
    static let command = Command(
        "bench", operands: "stages FILE", options: [.flag("json", "Print JSON")], settings: .transcribe,
        summary: "Measure what each stage of a transcription takes, for those who work on Parley",
        discussion: [
            """
            Runs the stages one after the other on one thread, then all of them together. The recording is kept in \
            memory. The real-time factor is processor time over the recording's length.
            """
        ]
    ) { invocation in
        let operands = invocation.arguments.operands
        guard operands.count == 2, operands[0] == "stages" else { throw UsageError("bench needs: stages FILE") }
        var settings = invocation.settings
        settings.models.threads = 1
        settings.models.decoders = 1
        var options = TranscriptionOptions()
        options.speechDetection = settings.speechDetection
        options.diarization = settings.diarization.isDefault ? DiarizationOptions() : nil
        let name = (operands[1] as NSString).lastPathComponent
        let measurement = StageMeasurement(parts: try await invocation.composition.parts(settings))
        let costs = try await measurement.measure(AudioInput(path: operands[1], displayName: name), options: options)
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
